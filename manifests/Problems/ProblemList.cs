namespace Trainyard.Manifests.Problems;

/// <summary>Collects problems up to a limit, so that a hostile text cannot make a huge answer.</summary>
internal sealed class ProblemList(int limit)
{
    private readonly List<ManifestProblem> _errors = [];
    private readonly List<ManifestProblem> _warnings = [];
    private int _leftOut;

    public bool HasErrors => _errors.Count > 0;

    public void Error(
        string code,
        string message,
        string path,
        Mark mark,
        string? allowed = null,
        string? suggestion = null
    ) => Add(_errors, new(code, message, path, mark.Line, mark.Column, allowed, suggestion));

    public void Warn(
        string code,
        string message,
        string path,
        Mark mark,
        string? allowed = null,
        string? suggestion = null
    ) => Add(_warnings, new(code, message, path, mark.Line, mark.Column, allowed, suggestion));

    public IReadOnlyList<ManifestProblem> Errors()
    {
        var errors = InOrder(_errors);
        if (_leftOut > 0)
        {
            errors.Add(new(ManifestCodes.MoreProblems, $"{_leftOut} more problems are not shown.", "", 1, 1));
        }

        return errors;
    }

    public IReadOnlyList<ManifestProblem> Warnings() => InOrder(_warnings);

    private void Add(List<ManifestProblem> list, ManifestProblem problem)
    {
        if (list.Count < limit)
        {
            list.Add(problem);
        }
        else if (list == _errors)
        {
            _leftOut++;
        }
    }

    private static List<ManifestProblem> InOrder(IEnumerable<ManifestProblem> problems) =>
        [.. problems.OrderBy(p => p.Line).ThenBy(p => p.Column)];
}
