using Trainyard.Backends.Sqlite;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Dispatch;

/// <summary>The usage of a pool by owners: the sum over their ended attempts, halved after each half-life.</summary>
internal static class UsageTable
{
    private const double Milliseconds = 1_000;

    public static List<(string Pool, string Owner, double GpuSeconds, DateTimeOffset At)> All(SqliteSession session) =>
        session.All(
            "SELECT pool, owner, gpu_ms, at FROM usage",
            row => (row.GetString(0), row.GetString(1), row.GetInt64(2) / Milliseconds, row.GetTime(3))
        );

    /// <summary>Adds the usage of an attempt on some of its nodes, which ends now.</summary>
    public static void Add(
        SqliteSession session,
        AttemptRow ended,
        int nodes,
        SchedulingOptions options,
        DateTimeOffset now
    )
    {
        if (ended.LeasedAt is not { } from)
        {
            return;
        }
        var before = session.First(
            "SELECT gpu_ms, at FROM usage WHERE pool = $pool AND owner = $owner",
            row => Tuple.Create(row.GetInt64(0) / Milliseconds, row.GetInt64(1)),
            ("$pool", ended.Pool),
            ("$owner", ended.Owner)
        );
        var kept = before is null ? 0 : UsageDecay.Later(before.Item1, before.Item2, now.UtcTicks, options.HalfLife);
        var rate = options.RateOf(ended.Needs.Gpus) * nodes;
        var used = kept + UsageDecay.Of(rate, from.UtcTicks, now.UtcTicks, options.HalfLife);
        session.Execute(
            """
            INSERT INTO usage (pool, owner, gpu_ms, at) VALUES ($pool, $owner, $used, $now)
            ON CONFLICT (pool, owner) DO UPDATE SET gpu_ms = excluded.gpu_ms, at = excluded.at
            """,
            ("$pool", ended.Pool),
            ("$owner", ended.Owner),
            ("$used", (long)(used * Milliseconds)),
            ("$now", now.UtcTicks)
        );
    }
}
