"""The same sentences as in `studio.english`, on the German page."""

from model.picture import TOO_LARGE, UNREADABLE

TITLE = "Digit Studio"
TAGLINE = "Liest die Ziffern, die Sie zeichnen, und schreibt eigene."

LANGUAGE = "Deutsch"
COPY_LINK = "Link kopieren"
LINK_COPIED = "Kopiert."
LINK_NOT_COPIED = "Dieser Browser lässt es nicht kopieren: Der Link steht jetzt in der Adresszeile."

DRAW = "Zeichnen"
GENERATE = "Schreiben"
MORPH = "Wandeln"
HAND = "Hand"
MAP = "Karte"
ABOUT = "Wie?"

# Draw
PAD = "Zeichenfläche. Zeichnen Sie eine Ziffer oder mehrere mit Maus, Finger oder Stift; \
Strg und Z nimmt zurück, Escape löscht."
INVITE = "Zeichnen Sie hier eine Ziffer."
UNDO = "Zurück"
CLEAR = "Löschen"
REDO = "Vor"
UPLOAD = "Bild"
UPLOAD_HELP = "Ein Bild oder Foto von Ziffern. Sie können es auch hierher ziehen oder einfügen."
CAMERA = "Kamera"
TAKE = "Aufnehmen"
CANCEL = "Abbrechen"
NO_CAMERA = "Keine Kamera verfügbar: Erlauben Sie sie im Browser, oder laden Sie ein Bild hoch."
EXAMPLES = "Oder"
EXAMPLE_DIGIT = "Eine {label} des Generators"
EXAMPLE_NUMBER = "Die Zahl {text} des Generators"
EXAMPLE_LETTER = "Der Buchstabe A, der keine Ziffer ist"
SEEN = "Was das Netz sieht"
BARS = "Wie wahrscheinlich jede Ziffer ist"
NOTHING = "Noch nichts gezeichnet."
NO_DIGIT = "Keine Ziffer, soweit ich sehe."
CERTAIN = "Das ist sicher eine {a}."
PROBABLE = "Das ist wohl eine {a}."
TORN = "Entweder eine {a} oder eine {b}."
WHY = "Warum?"
REASON = "Die rote Tinte gab den Ausschlag."
NO_ANSWER = "Der Leser antwortet nicht: Läuft die App noch?"
NO_PICTURE = "Dieser Browser kann die Datei nicht öffnen: Speichern Sie sie als PNG oder JPEG."

# What users teach
WRONG = "Falsch? Es war eine …"
KEPT = (
    "Drücken Sie die Ziffer, die Sie gezeichnet haben. Zeichnung und Ziffer werden aufgehoben, um "
    "den Leser zu lehren{where}, und sonst nichts über Sie."
)
KEPT_HERE = ""
KEPT_THERE = ", und in {repository} veröffentlicht"
THANKS = "Danke: als {label} aufgehoben."
NOTHING_TO_TEACH = "Es ist nichts gezeichnet: Zeichnen Sie zuerst eine Ziffer."
LESSONS_FULL = "Danke, aber hier ist kein Platz mehr dafür."
LESSONS_UNWRITABLE = "Das ging nicht: Sagen Sie dem Betreiber, dass die Festplatte voll ist."

# Any digit on the page
TO_PAD = "Auf die Zeichenfläche"
MORPH_START = "Wandlung hier beginnen"
MORPH_END = "Wandlung hier enden lassen"
SAVE_DIGIT = "Als PNG speichern"

# Generate
WHICH_DIGIT = "Ziffer"
HOW_MANY = "Wie viele"
TEMPERATURE = "Temperatur"
TEMPERATURE_HELP = "Niedrig ist ordentlich, hoch ist wild."
SEED = "Startzahl"
SEED_HELP = "Gleiche Startzahl, gleiche Hand."
AGAIN = "Andere schreiben"
SHEET = "{count}-mal die Ziffer {label}, vom Generator geschrieben"
DIGIT_READ = "Gelesen als {label}, zu {percent} % sicher"
DIGIT_UNREAD = "Nicht als Ziffer gelesen"
SAVE_SHEET = "Blatt speichern"
SAVE_ZIP = "Einzeln speichern (ZIP)"
SAVE_NUMBER = "Zahl speichern"
NOTHING_TO_SAVE = "Das lässt sich nicht speichern: Laden Sie die Seite neu."
SHEET_ONE = "Die Ziffer {label}, vom Generator geschrieben"

# Morph
FROM = "Von"
TO = "Nach"
STEPS = "Schritte"
ANOTHER_HAND = "Andere Hand"
PLAYER = "{start} wird zu {end}"
PLAY = "Abspielen"
PAUSE = "Anhalten"
SCRUB = "Stelle der Wandlung"
CHART = "Wie wahrscheinlich jede Ziffer ist, vom ersten bis zum letzten Bild"
READ_NOW = "Gelesen als {label}, zu {percent} % sicher."
PICKED = "Gewählte Ziffer"
NOTHING_PICKED = (
    "Noch keine gewählt: Drücken Sie eine im Reiter Schreiben und wählen Sie „Wandlung“."
)
SAVE_WEBP = "Als WebP speichern"
SAVE_GIF = "Als GIF speichern"

MIXED_WITH = "Gemischt mit"
NOTHING_ELSE = "nichts weiter"
SHARE = "Wie viel davon"
SHARE_HELP = "In der Mitte liegen Ziffern, die keinen Namen haben."
SHEET_MIXED = "{count} Ziffern zwischen {label} und {other}, vom Generator geschrieben"
WRITE_NUMBER = "Eine Zahl schreiben"
WRITE_NUMBER_HELP = "1 bis 32 Ziffern, in einer Hand."
WRITTEN = "Die Zahl {text}, vom Generator geschrieben"

# Your hand
DRAW_FIRST = "Zeichnen Sie eine Ziffer: Hier erscheinen alle zehn in Ihrer Handschrift."
YOUR_TEN = "Alle zehn Ziffern, wie die Hand sie schriebe, die diese {label} zeichnete."
NUMBER = "Und jede Zahl"
MINE = "Meine Zeichnung"
NOTHING_TO_IMITATE = "Es ist nichts gezeichnet: Zeichnen Sie zuerst eine Ziffer."
NO_DIGIT_TO_IMITATE = "Das sieht nicht nach einer Ziffer aus: Zeichnen Sie sie neu."
WHICH_DIGIT_IS_IT = (
    "Das sieht nicht nach einer Ziffer aus: Schicken Sie ein anderes Bild, oder sagen Sie mit "
    "{name}, welche es ist."
)

# Which weights answer
WEIGHTS = {
    "classifier": "Ziffern liest {source}.",
    "number": "Zahlen liest {source}.",
    "generator": "Ziffern schreibt {source}.",
}
READ_RIGHT = " Von {n} Testziffern liest es {percent} % richtig."
WRITTEN_RIGHT = " {percent} % von {n} sind die verlangte Ziffer, sagt ein Gutachter."
AT_COMMIT = "{source}, Commit {commit}"

# Map
PLANE = "Die Ebene der Ziffern; Pfeiltasten bewegen, Eingabe hebt eine Ziffer auf."
MAP_HELP = (
    "Jeder Punkt dieser Ebene ist eine Ziffer, und niemand hat dem Netz gesagt, welche. Die Punkte "
    "sind echte. Zwischen den Farben wohnen Ziffern ohne Namen: Drücken hebt eine auf."
)
HERE = "Die Ziffer an dieser Stelle"
LEGEND = "Farben der Punkte"
MAP_KEPT = "Aufgehoben: Drücken Sie sie, um sie anderswo zu verwenden."
KEPT_AT = "Die Ziffer bei {x}, {y}: {region}"
AMONG = "Unter den Ziffern {label}"
BETWEEN = "Eine neue Zahl, zwischen {first} und {second}"
NOWHERE = "Wo niemand schreibt"

# About
HOW_IT_WORKS = (
    "Eine Zeichnung wird auf ihre Tinte zugeschnitten, auf 20 Pixel verkleinert und in 28 mal 28 "
    "zentriert, so wie die Ziffern, aus denen die Netze lernten. Schichten kleiner Filter sehen "
    "diese Pixel an; was sie finden, wird zu zehn Wahrscheinlichkeiten abgewogen, und zu einer "
    "Zahl mehr: ob dies überhaupt eine Ziffer ist.",
    "Der Schreiber lernte umgekehrt: jede Ziffer mit wenigen Zahlen zu beschreiben, ihrem Stil, "
    "und sie daraus wieder zu zeichnen. Ein drittes Netz lernte, wo die Stile echter Hände liegen. "
    "Eine neue Ziffer ist Zufall, der dorthin getragen und gezeichnet wird.",
    "So kann ein Stil bleiben, während die Ziffer wechselt: Das ist Ihre Hand. Oder beides wandelt "
    "sich Schritt für Schritt: Das ist eine Wandlung.",
)
READING_FIGURES = "Wie gut es liest"
WRITING_FIGURES = "Wie gut es schreibt"
OURS = "dieses Netz"
REAL = "echte Ziffern"
NO_FIGURES = "Zu diesen Gewichten gibt es keine Zahlen: python -m train.evaluate misst sie."
RIGHT_ON_MNIST = "MNISTs Testziffern richtig gelesen"
RIGHT_ON_PENS = "Ziffern nie gesehener Menschen richtig gelesen"
LETTERS_REFUSED = "Buchstaben abgelehnt"
CALIBRATION = "wie weit seine Prozente danebenliegen (Kalibrierungsfehler)"
F1 = "F1, Mittel über die Ziffern"
AS_ASKED = "sind die verlangte Ziffer, sagt ein Gutachter"
CONFIDENCE = "wie sicher der Gutachter ist"
FRECHET = "Abstand zu den Testziffern (Fréchet)"
COVERAGE = "Anteil echter Ziffern mit einer gemachten in der Nähe (Coverage)"
SCHOOL = "richtig gelesen von einem Netz, das nur aus diesen lernte"
CONFUSION = "Was es wofür hält"
CONFUSION_HELP = (
    "Zeilen: was es ist; Spalten: als was es gelesen wurde. "
    "Drücken Sie eine Zahl, um die Ziffern zu sehen."
)
CELL = "{count} × {digit} als {read} gelesen"
ALL_ERRORS = "Seine {count} sichersten Fehler unter den Testziffern."
READ_AS_IS = "gelesen {read}, ist {is}"
CURVE = "Falsch gelesene Validierungsziffern, Epoche für Epoche"
EPOCH = "Epoche"
CODE = "Der Code"
WEIGHTS_AND_CARD = "Gewichte und Modellkarte: {repository}"
REAL_DIGITS = "Von Menschen geschrieben"
MADE_DIGITS = "Vom Netz geschrieben"

# Endpoints
BAD_TEXT = "Eine Zahl zum Schreiben hat 1 bis {longest} Ziffern und sonst nichts."
BAD_WHOLE = "{name} muss eine ganze Zahl von {low} bis {high} sein."
BAD_NUMBER = "{name} muss eine Zahl von {low} bis {high} sein."
NO_PICTURE_SENT = "Schicken Sie ein Bild: Mit der Anfrage kam keine Datei."
NOT_UPLOADED = "Laden Sie das Bild hoch: Dateien dieser Maschine werden nicht geöffnet."
NOT_FETCHED = "Unter dieser Adresse ist kein Bild zu holen: Schicken Sie das Bild selbst."
WRONG_INPUTS = "Das sind nicht die Eingaben dieses Endpunkts: GET /gradio_api/info nennt sie."

OF_THE_MODEL = {
    TOO_LARGE: "Dieses Bild ist zu groß: Schicken Sie ein kleineres.",
    UNREADABLE: "Diese Datei ist kein Bild, das ich lesen kann: Schicken Sie PNG oder JPEG.",
}
