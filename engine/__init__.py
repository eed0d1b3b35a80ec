"""The mathematics, the scenes and the lessons of Gradus: headless, and importable in a notebook.

Read it from the ground up; each file stands on those above it, and `lint-imports` keeps the large steps:

    text, errors, suggestions           words for people; the one family of errors; "Did you mean …?"
    roles, figure                       what a picture is made of, as data
    nodes, constants, algebra           the one tree of a formula; numbers in it; building it as on paper
    vocabulary, tokens, token_reader,   typed text to the tree
        parser, expression
    notation, read_aloud, numpy_code    the tree to text and LaTeX, to words, to NumPy
    rules                               the derivative of each node, as a textbook has it
    compiled_text, arithmetic, function the tree to compiled functions: f, f′, f″, ∇f, Hessian
    symbolic, symbolic_process          SymPy, and the child process that it works in
    differences, breaks, sampling,      slopes from values; honest curves; level lines
        contours
    optimizers, cancellation, descent   update rules; runs, why they stopped, and how to stop one
    parameters                          what a scene's fields can be, read off their annotations
    optimizer_kinds, racers, race,      the registry of optimizers; a race as text; its runs and tables;
        optimizer_code,                 its NumPy; a step with its numbers
        optimizer_notation
    rounding, answers                   values with bounds for their errors; is this answer right?
    curves, surfaces                    functions of one and two variables as marks
    scene, scenes/                      the picture as a value; one kind of picture a file
    lessons/                            a file to a lesson, packs, exercises, the linter
    actions, session                    what a learner can do, and what becomes of where they are
    progress, safe_files, storage       what is kept of it, and how it survives
    words, printing, cli                the catalogue of words; the command line
"""
