"""Names that a submission finds: of the language, of the page, and of the worker that graded it."""

PAGE = {
    "lanesSide": 0.0,
    "patchesAhead": 1.0,
    "patchesBehind": 0.0,
    "otherAgents": 0.0,
    "trainIterations": 10_000.0,
}
"""Variables that the page had, and what they began with."""
SILENT = frozenset({"draw_net", "draw_stats", "alert", "console"})
"""Functions that only show something."""
BUILT_IN = frozenset({"Math", "console", "deepqlearn", "convnetjs", "undefined", "NaN", "Infinity"})
"""Names that a submission finds and may not give away."""
KINDS = {
    **dict.fromkeys(
        ("self", "window", "console", "Math", "JSON", "navigator", "location", "performance",
         "deepqlearn", "convnetjs"),
        "object",
    ),
    **dict.fromkeys(
        ("Number", "String", "Boolean", "Array", "Object", "Function", "Date", "RegExp", "Error",
         "Map", "Set", "Symbol", "Promise", "parseInt", "parseFloat", "isNaN", "isFinite", "eval",
         "setTimeout", "setInterval", "importScripts", "postMessage", "fetch", "Worker"),
        "function",
    ),
    "NaN": "number",
    "Infinity": "number",
}  # fmt: skip
"""What a submission found where it was graded: a worker, which has no document."""
UNTOUCHED = frozenset(
    {"brain", "learn", "lanesSide", "patchesAhead", "patchesBehind", "otherAgents",
     "trainIterations", "deepqlearn", "convnetjs", "Math"}
)  # fmt: skip
"""Names of the page that ``learn`` may not set."""
EVERYTHING = frozenset({"window", "self", "globalThis", "this", "top", "parent", "arguments"})
"""Objects through which all others can be reached."""
READERS = frozenset({"Math", "JSON", "Date", "Number", "String", "console", "performance"})
"""Objects of the language whose functions change none of their arguments."""
OFFERED = frozenset(
    {"document", "localStorage", "sessionStorage", "navigator", "location", "Object", "Array",
     "Boolean", "Error", "Set", "Map", "Promise", "URL", "undefined", "NaN", "Infinity", "cnnvis",
     "cnnutil", "reward_graph", "editor"}
)  # fmt: skip
"""Further names that a submission finds: of the language, of browsers, of the page's surface."""
LATER = frozenset({"setTimeout", "setInterval", "requestAnimationFrame"})
"""Functions that call the function they are given."""
HARMLESS = LATER | frozenset(
    {"getData", "downloadCode", "prepareDownload", "startEvalRun", "swal", "fetch", "clearTimeout",
     "clearInterval", "encodeURIComponent", "decodeURIComponent", "isNaN", "isFinite", "btoa",
     "confirm", "prompt"}
)  # fmt: skip
"""Further functions that change nothing of the driving, as saving the network to a file."""
SHOWN_ON = frozenset({"document", "localStorage", "sessionStorage"})
"""Those of them that may be written to."""
LIBRARY = frozenset({"Math", "deepqlearn", "convnetjs"})
"""What the original reckoned with."""
PROTOTYPES = frozenset({"prototype", "__proto__", "constructor", "caller", "callee"})
"""Fields through which everything of a kind can be changed."""
COPYING = frozenset({"slice", "join", "indexOf", "toString", "concat", "includes", "toFixed"})
"""Functions of an array or a number that leave it as it is."""
TOLD = frozenset(
    {"age", "epsilon", "epsilon_min", "epsilon_test_time", "gamma", "learning", "forward_passes",
     "latest_reward", "temporal_window", "experience_size", "learning_steps_total",
     "learning_steps_burnin", "start_learn_threshold"}
)  # fmt: skip
"""Numbers that the brain keeps of itself."""
SHOWING = frozenset({"toJSON", "visSelf"})
"""Functions of the brain and its network that only show them."""
