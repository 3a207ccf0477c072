using System.Text;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Runs;

/// <summary>A query as SQL: newest first, starts after the previous page, and reads one row more than a page.</summary>
internal sealed class RunQuerySql
{
    private readonly List<string> _conditions = [];
    private readonly List<(string, object?)> _arguments = [];

    public RunQuerySql(RunQuery query)
    {
        if (query.PageSize is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.PageSize, "A page holds 1 to 1,000 runs.");
        }
        if (query.Owner is { } owner)
        {
            Where("owner = $owner", ("$owner", owner.ToString()));
            // Runs of an array are found by their array.
            _conditions.Add("record ->> '$.element' IS NULL");
        }
        if (query.Phases is { } phases)
        {
            WherePhaseIn(phases);
        }
        if (query.Continuation is { } continuation)
        {
            WhereAfter(RunContinuation.Parse(continuation));
        }
        _arguments.Add(("$limit", query.PageSize + 1));
    }

    public (string, object?)[] Arguments => [.. _arguments];

    public override string ToString()
    {
        var sql = new StringBuilder("SELECT record FROM runs");
        if (_conditions.Count > 0)
        {
            sql.Append(" WHERE ").AppendJoin(" AND ", _conditions);
        }
        return sql.Append(" ORDER BY submitted_at DESC, id DESC LIMIT $limit").ToString();
    }

    private void WherePhaseIn(IReadOnlyList<RunPhase> phases)
    {
        var names = new List<string>();
        foreach (var phase in phases.Distinct())
        {
            names.Add($"$phase{names.Count}");
            _arguments.Add((names[^1], phase.ToString()));
        }
        _conditions.Add($"phase IN ({string.Join(", ", names)})");
    }

    private void WhereAfter(RunContinuation last)
    {
        Where("(submitted_at, id) < ($ticks, $id)", ("$ticks", last.SubmittedTicks));
        _arguments.Add(("$id", last.Id.ToString()));
    }

    private void Where(string condition, (string, object?) argument)
    {
        _conditions.Add(condition);
        _arguments.Add(argument);
    }
}
