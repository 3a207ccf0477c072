using System.Diagnostics;
using System.Globalization;

namespace Trainyard.Chaos.Sharing;

/// <summary>
/// Owners fill a pool of three hosts; one host is cut off, one agent killed, one frozen for longer than its lease, one disk full.
/// Every run ends once and rightly, no GPU is ever given twice, and owners get what their weights say.
/// </summary>
internal sealed class SharingStory(SharedPool pool, int runs, bool isWhole, TextWriter output)
{
    private static readonly TimeSpan LongerThanALease = TimeSpan.FromSeconds(12);
    private const double Tolerance = 0.10;

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan _endsWithin = TimeSpan.FromMinutes(isWhole ? 12 : 3);

    /// <summary>What was wrong; empty when nothing was.</summary>
    /// <param name="runs">Of all owners together.</param>
    /// <param name="isWhole">With all faults and a look at the shares, which mean something from some hundred runs on.</param>
    /// <param name="output">Gets what happens.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(
        int runs,
        bool isWhole,
        TextWriter output,
        CancellationToken stop
    )
    {
        var wrong = new List<string>();
        await using var pool = await SharedPool.StartAsync(
            text =>
            {
                lock (wrong)
                {
                    wrong.Add(text);
                }
            },
            stop
        );
        var found = await new SharingStory(pool, runs, isWhole, output).RunAsync(stop);
        lock (wrong)
        {
            return [.. wrong, .. found];
        }
    }

    private async Task<IReadOnlyList<string>> RunAsync(CancellationToken stop)
    {
        Say(
            $"hosts of their own: {string.Join(", ", pool.Hosts.Select(host => host.HostName ?? "none"))}; sized disks: {pool.Hosts.All(host => host.IsOnItsOwn)}"
        );
        var weights = pool.Owners.Sum(owner => owner.Weight);
        foreach (var owner in pool.Owners)
        {
            for (var i = 0; i < runs * owner.Weight / weights; i++)
            {
                await owner.SubmitAsync(i);
            }
        }
        foreach (var host in pool.Hosts)
        {
            host.Agent.Start();
        }
        await DisturbAsync(stop);
        await UntilAsync(() => Ended() == Submitted(), stop);
        return [.. Violations()];
    }

    private async Task DisturbAsync(CancellationToken stop)
    {
        if (isWhole)
        {
            await FaultAsync(0.15, "host 0 is cut off", () => pool.Hosts[0].Cut(), LongerThanALease, stop);
        }
        await FaultAsync(0.35, "agent 1 is killed", () => pool.Hosts[1].Agent.Kill(), TimeSpan.FromSeconds(3), stop);
        await FaultAsync(0.50, "agent 2 is frozen", () => pool.Hosts[2].Agent.Freeze(), LongerThanALease, stop);
        if (isWhole)
        {
            await FaultAsync(0.65, "disk 0 is full", () => pool.Hosts[0].FillDisk(), TimeSpan.FromSeconds(8), stop);
        }
    }

    private async Task FaultAsync(double part, string what, Action fault, TimeSpan lasts, CancellationToken stop)
    {
        await UntilAsync(() => Ended() >= part * Submitted(), stop);
        Say(what);
        fault();
        await Task.Delay(lasts, stop);
        foreach (var host in pool.Hosts)
        {
            host.Heal();
        }
    }

    private async Task UntilAsync(Func<bool> isSo, CancellationToken stop)
    {
        while (true)
        {
            foreach (var owner in pool.Owners)
            {
                await owner.LookAsync();
            }
            if (isSo() || _watch.Elapsed > _endsWithin)
            {
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), stop);
        }
    }

    private IEnumerable<string> Violations()
    {
        var uses = pool.Hosts.SelectMany(host => GpuRecords.Uses(host.Records)).ToList();
        var owners = pool
            .Owners.SelectMany(owner => owner.Runs.Keys.Select(run => (run, owner.Name)))
            .ToDictionary(each => each.run, each => each.Name);
        Say(
            $"{Ended()} of {Submitted()} runs ended; {uses.Count} commands had GPUs, {uses.Count(u => u.End is null)} cut short"
        );
        foreach (var line in pool.Hosts.SelectMany(host => GpuRecords.Wrong(host.Records)))
        {
            yield return line;
        }
        foreach (var owner in pool.Owners)
        {
            foreach (
                var (run, state) in owner.Runs.Where(run => run.Value != "completed" || pool.ResultOf(run.Key) is null)
            )
            {
                yield return $"{owner.Messages.GetValueOrDefault(run)}: {state}, its result {pool.ResultOf(run) ?? "missing"}";
            }
        }
        foreach (var host in pool.Hosts.Where(host => GpuRecords.Uses(host.Records).Count == 0))
        {
            yield return $"nothing ever ran on {host.Agent.Name}";
        }
        var shares = GpuRecords.Shares(uses, owners);
        var weights = (double)pool.Owners.Sum(owner => owner.Weight);
        foreach (var owner in pool.Owners)
        {
            var (part, due) = (shares.GetValueOrDefault(owner.Name), owner.Weight / weights);
            Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{owner.Name} had {part:P1} of the GPU time, {due:P1} were due"
                )
            );
            if (isWhole && Math.Abs(part - due) > Tolerance)
            {
                yield return $"{owner.Name} had {part:P1} of the GPU time instead of {due:P1}";
            }
        }
    }

    private int Ended() =>
        pool.Owners.Sum(owner => owner.Runs.Values.Count(state => state is "completed" or "error" or "canceled"));

    private int Submitted() => pool.Owners.Sum(owner => owner.Runs.Count);

    private void Say(string text) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds, 6:0.0} {text}"));
}
