using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

/// <summary>Reads one page of a query: by id when a prefix is asked for, else by time of creation.</summary>
internal static class InstancePages
{
    public static Page<OrchestrationMetadata> Read(
        ReadSession session,
        OrchestrationQuery query,
        int size,
        string? continuation,
        DataConverter? converter
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var filter = InstanceFilter.Of(query.CreatedFrom, query.CreatedTo, query.Statuses);
        return string.IsNullOrEmpty(query.InstanceIdPrefix)
            ? ByCreation(session, filter, size, continuation, converter)
            : ByPrefix(session, filter, query.InstanceIdPrefix, size, continuation, converter);
    }

    private static Page<OrchestrationMetadata> ByPrefix(
        ReadSession session,
        InstanceFilter filter,
        string prefix,
        int size,
        string? continuation,
        DataConverter? converter
    )
    {
        if (continuation?.StartsWith(prefix, StringComparison.Ordinal) is false)
        {
            throw new ArgumentException(
                $"'{continuation}' is no continuation token of this query.",
                nameof(continuation)
            );
        }
        var found = session.PageByPrefix(filter, prefix, continuation ?? string.Empty, size + 1, converter);
        return found.Count <= size
            ? new Page<OrchestrationMetadata>(found)
            : new Page<OrchestrationMetadata>(found[..size], found[size - 1].InstanceId);
    }

    /// <remarks>Each status has an ordered index of its own, so their first rows are merged.</remarks>
    private static Page<OrchestrationMetadata> ByCreation(
        ReadSession session,
        InstanceFilter filter,
        int size,
        string? continuation,
        DataConverter? converter
    )
    {
        var after = continuation is null ? Position.Start : ParsePosition(continuation);
        var found = filter
            .Statuses.SelectMany(status => session.PageByCreation(filter, status, after, size + 1, converter))
            .OrderBy(row => row.At.Created)
            .ThenBy(row => row.At.Seq)
            .Take(size + 1)
            .ToList();
        var page = found.Take(size).Select(row => row.Metadata).ToList();
        return found.Count <= size
            ? new Page<OrchestrationMetadata>(page)
            : new Page<OrchestrationMetadata>(page, Format(found[size - 1].At));
    }

    private static string Format(Position at) => string.Create(CultureInfo.InvariantCulture, $"{at.Created}-{at.Seq}");

    private static Position ParsePosition(string token)
    {
        var parts = token.Split('-');
        return
            parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var created)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? new Position(created, seq)
            : throw new ArgumentException($"'{token}' is not a continuation token of this client.", nameof(token));
    }
}
