"""Every sentence that a person reads on the page."""

TITLE = "Digit Studio"
TAGLINE = "It reads the digits you draw, and writes its own."

DRAW = "Draw"
GENERATE = "Generate"
MORPH = "Morph"
HAND = "Your hand"

# Draw
PAD = "Drawing pad. Draw a digit, or several, with mouse, finger or pen; \
Control and Z undoes, Escape clears."
INVITE = "Draw a digit here."
UNDO = "Undo"
CLEAR = "Clear"
UPLOAD = "Upload a picture"
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

# Generate
WHICH_DIGIT = "Digit"
HOW_MANY = "How many"
TEMPERATURE = "Temperature"
TEMPERATURE_HELP = "Low is tidy, high is wild."
SEED = "Seed"
SEED_HELP = "The same seed, the same hand."
AGAIN = "Write others"
SHEET = "{count} times the digit {label}, written by the generator"
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

# Endpoints
BAD_TEXT = "A number to write has 1 to {longest} digits and nothing else."
BAD_WHOLE = "{name} must be a whole number from {low} to {high}."
BAD_NUMBER = "{name} must be a number from {low} to {high}."
NO_PICTURE_SENT = "Send a picture: no file came with the request."
NOT_UPLOADED = "Upload the picture: files of this machine are not opened by their path."
