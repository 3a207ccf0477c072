using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;

namespace Trainyard.Cli.Commands;

/// <summary>Describes a run's place in the queue, for people.</summary>
internal static class QueueWords
{
    /// <summary>Such as <c>3 ahead, starts about 2026-11-27T15:00:00Z</c>.</summary>
    public static string Short(QueueResource queue) => $"{Hold(queue)}{queue.Ahead} ahead, {ShortStart(queue)}";

    /// <summary>Such as <c>3 ahead in the pool 'lab'</c>.</summary>
    public static string Place(QueueResource queue) =>
        queue.Pool is null ? $"{queue.Ahead} ahead" : $"{queue.Ahead} ahead in the pool '{queue.Pool}'";

    /// <summary>The expected start of the run, and how certain it is.</summary>
    public static string Start(QueueResource queue) =>
        (queue.StartsAt, queue.StartBasis) switch
        {
            (null, _) => "unknown",
            ({ } at, "promise") => $"by {Words.Time(at)} at the latest",
            ({ } at, "retry_delay") => $"not before {Words.Time(at)}",
            ({ } at, "history") => $"about {Words.Time(at)}, if runs take as long as like ones did (an estimate)",
            ({ } at, _) when queue.StartIsPromised is true => $"by {Words.Time(at)} at the latest",
            ({ } at, _) => $"about {Words.Time(at)}, if all runs take their time",
        };

    /// <summary>The owner's used share and due share; null when unknown.</summary>
    public static string? Share(QueueResource queue) =>
        queue.Share is { } share
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{share.UsedGpuHours:0.##} GPU hours used lately, {share.Part:0%} of all; {share.Due:0%} are due"
            )
            : null;

    private static string ShortStart(QueueResource queue) =>
        queue.StartsAt is not { } at ? "start unknown"
        : queue.StartIsPromised is true ? $"starts by {Words.Time(at)}"
        : $"starts about {Words.Time(at)}";

    private static string Hold(QueueResource queue) =>
        queue.Hold switch
        {
            "owner_gpus" => Limit(queue, "GPUs of yours"),
            "owner_runs" => Limit(queue, "runs of yours"),
            "pool_gpus" => Limit(queue, "GPUs of the pool"),
            "pool_runs" => Limit(queue, "runs of the pool"),
            "reserved" => "a node is kept, ",
            "no_node_fits" => "no node fits, ",
            "too_few_nodes" => "too few nodes, ",
            _ => "",
        };

    private static string Limit(QueueResource queue, string what) => $"limit of {queue.Limit} {what}, ";
}
