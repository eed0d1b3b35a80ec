"""The mathematics, the scenes and the lessons of Gradus: headless, and importable in a notebook.

Read it from the ground up; each file stands on those above it, and `lint-imports` keeps the large steps:

    text, errors, suggestions           words for people; the one family of errors; "Did you mean …?"
    roles, figure                       what a picture is made of, as data
    nodes, constants, algebra           the one tree of a formula; numbers in it; building it as on paper
    vocabulary, tokens, token_reader,   typed text to the tree
        parser, expression
    notation, read_aloud, numpy_code    the tree to text and LaTeX, to words, to NumPy
    leibniz                             df/dx for f′, for those who prefer it
    rules                               the derivative of each node, as a textbook has it
    compiled_text, arithmetic, function the tree to compiled functions: f, f′, f″, ∇f, Hessian
    symbolic, symbolic_process          SymPy, and the child process that it works in
    differences, breaks, sampling,      slopes from values; honest curves; level lines
        contours
    optimizers, adaptive_optimizers,    update rules: those of every course, those that came after them,
        quasi_hyperbolic, second_order  those that use curvature
    cancellation, descent, keeping      runs, why they stopped, how to stop one, and how many are kept
    schedules, valley                   a rate that changes with the step; the floor a run walks towards
    surface_gallery                     the surfaces that courses run optimizers on, and their minima
    parameters                          what a scene's fields can be, read off their annotations
    optimizer_kinds, racers, race,      the registry of optimizers; a race as text; its runs and tables;
        optimizer_code,                 its NumPy; a step with its numbers
        optimizer_notation
    racer, racer_reader, forks          one racer and its turns; reading the text of a race; optimizers that
                                        take over from each other
    stability, stationary               η·λmax and its bounds; where a surface is level, and how
    dissection, crosscheck              a step as contributions that add up; its gradient three ways
    lost_values, taken_step,            why a run went wrong, at which step, in words; one that gets nowhere;
        blow_up_words, examined_run,    the largest rate that lasts
        standstill, blow_up, safe_rate
    arrival, convergence,               where a run is going, its tail named, and what the curvature
        predicted_rate, tails           there predicts
    survey, rate_maps, basins           many runs at once, and what became of each; safe and quick rates;
                                        which starts end where
    significance, start_domain,         the sign test and intervals; where runs may start; losses of many
        many_runs, fair_race,           runs along the way; an equal budget and tuned rates for all, and
        fair_verdict                    whether anybody is ahead
    saddle_escape, random_hessians      how noise leaves a saddle; how rarely a random Hessian is a minimum's
    rounding, answers                   values with bounds for their errors; is this answer right?
    limits, symbolic_limits,            limits told from values, and what SymPy says where they cannot tell;
        epsilon_delta                   the δ that answers an ε, and an x that breaks one
    sign_changes, critical_points       zeros of f′ and f″, what they are, where f rises and bends
    intervals, convexity                bounds that prove; is f convex: proved, refuted, or only sampled
    conditioning                        how fast descent nears a minimum, and what theory promises
    regression, mini_batches            a line or a logistic curve and its loss; runs over batches, and how
                                        their gradients scatter
    csv_points, data_points,            points out of a CSV; points as text, or made; which picture takes
        opened_data                     those that a learner opens
    precise, difference_errors,         values with more digits than floats have; how wrong slopes are, and
        error_parts                     which part of that is truncation, which is round-off
    taylor, taylor_misses               a formula as a power series; how far its polynomial misses
    growth, activations                 how a product grows, in three parts; the functions models use
    polynomials, first_principles,      worked steps: sums multiplied out, the quotient to its limit, rules
        substitution, worked_lines,     line by line, each checked by putting in points
        derivation
    false_rules, slips, line_answers    which slip a false derivative comes from; a learner's next line
    autodiff, layered_layout,           reverse mode over the tree; a graph in layers; typed values of
        assignments                     variables
    chains                              a formula as links, each of the one before
    curves, surfaces                    functions of one and two variables as marks
    scene, scenes/                      the picture as a value; one kind of picture a file, and beside it
                                        in files with an underscore what only that picture draws and says
    lessons/                            a file to a lesson, packs, exercises, the linter
    sketches                            a curve drawn by hand beside the true one
    actions, session                    what a learner can do, and what becomes of where they are
    progress, safe_files, storage       what is kept of it, and how it survives
    notebook, review, overview,         what was missed and when to ask it again; how far a learner is;
        kept_functions                  a formula carried from picture to picture
    program, administrator, hand_in     where the program lies; what is settled for everyone; work handed in
    words, printing, cli                the catalogue of words; the command line
"""
