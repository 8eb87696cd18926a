"""Every sentence that a person reads on the English page, and all of the API."""

TITLE = "Digit Studio"
TAGLINE = "It reads the digits you draw, and writes its own."

LANGUAGE = "English"
COPY_LINK = "Copy link"
LINK_COPIED = "Copied."
LINK_NOT_COPIED = "This browser does not let it be copied: it is in the address bar now."

DRAW = "Draw"
GENERATE = "Generate"
MORPH = "Morph"
HAND = "Your hand"
MAP = "Map"
ABOUT = "About"

# Draw
PAD = "Drawing pad. Draw a digit, or several, with mouse, finger or pen; \
Control and Z undoes, Escape clears."
INVITE = "Draw a digit here."
UNDO = "Undo"
CLEAR = "Clear"
REDO = "Redo"
UPLOAD = "Upload"
UPLOAD_HELP = "A picture or a photo of digits. You can also drop one on the pad, or paste it."
CAMERA = "Camera"
TAKE = "Take the picture"
CANCEL = "Cancel"
NO_CAMERA = "No camera can be used here: allow it in the browser, or upload a picture."
EXAMPLES = "Or try"
EXAMPLE_DIGIT = "A {label} by the generator"
EXAMPLE_NUMBER = "The number {text} by the generator"
EXAMPLE_LETTER = "The letter A, which is no digit"
SEEN = "What the net sees"
BARS = "How likely each digit is"
NOTHING = "Nothing drawn yet."
NO_DIGIT = "Not a digit, as far as I can see."
CERTAIN = "This is certainly {a}."
PROBABLE = "This is probably {a}."
TORN = "Either {a} or {b}."
WHY = "Why?"
REASON = "The red ink decided it."
NO_ANSWER = "The reader does not answer: is the app still running?"
NO_PICTURE = "This browser cannot open that file: save it as PNG or JPEG and try again."

# What users teach
WRONG = "Wrong? It was a …"
KEPT = (
    "Press the digit that you drew. The drawing and the digit are kept to teach the reader{where}, "
    "and nothing else about you."
)
KEPT_HERE = ""
KEPT_THERE = ", and published in {repository}"
THANKS = "Thank you: kept as {label}."
NOTHING_TO_TEACH = "Nothing is drawn: draw a digit first."
LESSONS_FULL = "Thank you, but there is no room for more lessons here."
LESSONS_UNWRITABLE = "That could not be kept: tell the owner of this app that its disk is full."

# Any digit on the page
TO_PAD = "Put on the pad"
MORPH_START = "Start a morph here"
MORPH_END = "End a morph here"
SAVE_DIGIT = "Save as PNG"

# Generate
WHICH_DIGIT = "Digit"
HOW_MANY = "How many"
TEMPERATURE = "Temperature"
TEMPERATURE_HELP = "Low is tidy, high is wild."
SEED = "Seed"
SEED_HELP = "The same seed, the same hand."
AGAIN = "Write others"
SHEET = "{count} times the digit {label}, written by the generator"
DIGIT_READ = "Read as {label}, {percent} % sure"
DIGIT_UNREAD = "Read as no digit"
SAVE_SHEET = "Save the sheet"
SAVE_ZIP = "Save each (ZIP)"
SAVE_NUMBER = "Save the number"
NOTHING_TO_SAVE = "That cannot be saved: reload the page and try again."
SHEET_ONE = "The digit {label}, written by the generator"

# Morph
FROM = "From"
TO = "To"
STEPS = "Steps"
ANOTHER_HAND = "Another hand"
PLAYER = "{start} turning into {end}"
PLAY = "Play"
PAUSE = "Pause"
SCRUB = "Where in the morph"
CHART = "How likely each digit is, from the first frame to the last"
READ_NOW = "Read as {label}, {percent} % sure."
PICKED = "Picked digit"
NOTHING_PICKED = "No digit is picked yet: press one on the Generate tab and choose it for a morph."
SAVE_WEBP = "Save as WebP"
SAVE_GIF = "Save as GIF"

MIXED_WITH = "Mixed with"
NOTHING_ELSE = "nothing else"
SHARE = "How much of it"
SHARE_HELP = "Half way lie digits that nobody has a name for."
SHEET_MIXED = "{count} digits between {label} and {other}, written by the generator"
WRITE_NUMBER = "Write a number"
WRITE_NUMBER_HELP = "1 to 32 digits, in one hand."
WRITTEN = "The number {text}, written by the generator"

# Your hand
DRAW_FIRST = "Draw a digit: all ten appear here, written by your hand."
YOUR_TEN = "All ten digits as the hand would write them that drew this {label}."
NUMBER = "And any number"
MINE = "My drawing"
NOTHING_TO_IMITATE = "Nothing is drawn there: draw a digit first."
NO_DIGIT_TO_IMITATE = "That does not look like a digit: draw it anew."
WHICH_DIGIT_IS_IT = (
    "That does not look like a digit: send another picture, or say with {name} which one it is."
)

# Which weights answer
WEIGHTS = {
    "classifier": "Digits are read by {source}.",
    "number": "Numbers are read by {source}.",
    "generator": "Digits are written by {source}.",
}
READ_RIGHT = " It reads {percent} % of {n} test digits right."
WRITTEN_RIGHT = " {percent} % of {n} are the digit asked for, says a judge."
AT_COMMIT = "{source}, commit {commit}"

# Map
PLANE = "The plane of digits; arrow keys move, Enter keeps a digit."
MAP_HELP = (
    "Every point of this plane is a digit, and nobody told the net which. Dots are real ones. "
    "Between the colours live digits that nobody has a name for: press to keep one."
)
HERE = "The digit at this point"
LEGEND = "Colours of the dots"
MAP_KEPT = "Kept: press it to use it elsewhere."
KEPT_AT = "The digit at {x}, {y}: {region}"
AMONG = "Among the {label}s"
BETWEEN = "A new number, between {first} and {second}"
NOWHERE = "Where nobody writes"

# About
HOW_IT_WORKS = (
    "A drawing is cropped to its ink, scaled to 20 pixels and centred in 28 by 28, as the digits "
    "were that the nets have learnt from. Layers of small filters look at those pixels; what they "
    "find is weighed into ten probabilities, and into one more number: whether this is a digit at "
    "all.",
    "The writer learnt the other way round: to describe any digit by a few numbers, its style, and "
    "to draw it again from them. A third net learnt where the styles of real hands lie. A new "
    "digit is random noise carried there, and drawn.",
    "So a style can be kept while the digit changes, which is your hand, or changed bit by bit, "
    "which is a morph.",
)
READING_FIGURES = "How well it reads"
WRITING_FIGURES = "How well it writes"
OURS = "this net"
REAL = "real digits"
NO_FIGURES = "No figures came with these weights: python -m train.evaluate measures them."
RIGHT_ON_MNIST = "MNIST's test digits read right"
RIGHT_ON_PENS = "digits drawn by people it never saw, read right"
LETTERS_REFUSED = "letters refused"
CALIBRATION = "how far its percentages are off (calibration error)"
F1 = "F1, mean over the digits"
AS_ASKED = "are the digit asked for, says a judge"
CONFIDENCE = "how sure the judge is"
FRECHET = "distance to the test digits (Fréchet)"
COVERAGE = "share of real digits with a made one near (coverage)"
SCHOOL = "read right by a net that learnt from these only"
CONFUSION = "What it takes for what"
CONFUSION_HELP = (
    "Rows are what it is, columns what it was read as. Press a number to see the digits."
)
CELL = "{count} × {digit} read as {read}"
ALL_ERRORS = "Its {count} surest errors among the test digits."
READ_AS_IS = "read {read}, is {is}"
CURVE = "Validation digits read wrong, epoch by epoch"
EPOCH = "epoch"
CODE = "The code"
WEIGHTS_AND_CARD = "Weights and model card: {repository}"
REAL_DIGITS = "Written by people"
MADE_DIGITS = "Written by the net"

# Endpoints
BAD_TEXT = "A number to write has 1 to {longest} digits and nothing else."
BAD_WHOLE = "{name} must be a whole number from {low} to {high}."
BAD_NUMBER = "{name} must be a number from {low} to {high}."
NO_PICTURE_SENT = "Send a picture: no file came with the request."
NOT_UPLOADED = "Upload the picture: files of this machine are not opened by their path."
NOT_FETCHED = "That address gives no picture: send the picture itself."
WRONG_INPUTS = "These are not this endpoint's inputs: GET /gradio_api/info lists them."
