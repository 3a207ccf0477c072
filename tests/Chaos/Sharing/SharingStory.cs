using System.Diagnostics;
using System.Globalization;

namespace Trainyard.Chaos.Sharing;

/// <summary>
/// Owners fill a pool of three hosts; one host is cut off, one agent killed, one frozen for longer than its lease, one disk full.
/// Every run ends once and rightly, no GPU is ever given twice, and owners get what their weights say.
/// </summary>
internal sealed class SharingStory(SharedPool pool, SharingPlan plan, TextWriter output)
{
    private static readonly TimeSpan LongerThanALease = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(30);

    // Of each owner's share.
    private const double Tolerance = 0.10;

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _told;

    /// <summary>What was wrong; empty when nothing was.</summary>
    /// <param name="plan">What happens.</param>
    /// <param name="output">Gets what happens.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(
        SharingPlan plan,
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
        var found = await new SharingStory(pool, plan, output).RunAsync(stop);
        lock (wrong)
        {
            return [.. wrong, .. found];
        }
    }

    private async Task<IReadOnlyList<string>> RunAsync(CancellationToken stop)
    {
        Say(
            $"seed {plan.Seed}; hosts of their own: {string.Join(", ", pool.Hosts.Select(host => host.HostName ?? "none"))}; sized disks: {pool.Hosts.All(host => host.IsOnItsOwn)}"
        );
        var random = new Random(plan.Seed);
        var weights = pool.Owners.Sum(owner => owner.Weight);
        foreach (var owner in pool.Owners)
        {
            foreach (var run in SharedRun.Some(plan.Runs * owner.Weight / weights, plan.Seconds, random))
            {
                await owner.SubmitAsync(run);
            }
        }
        Say($"{Submitted()} runs are submitted");
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
        if (plan.IsWhole)
        {
            await FaultAsync(0.15, "host 0 is cut off", () => pool.Hosts[0].Cut(), LongerThanALease, stop);
        }
        await FaultAsync(0.35, "agent 1 is killed", () => pool.Hosts[1].Agent.Kill(), TimeSpan.FromSeconds(3), stop);
        await FaultAsync(0.50, "agent 2 is frozen", () => pool.Hosts[2].Agent.Freeze(), LongerThanALease, stop);
        if (plan.IsWhole)
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
            if (isSo() || _watch.Elapsed > plan.EndsWithin)
            {
                return;
            }
            if (_watch.Elapsed > _told + TellEvery)
            {
                _told = _watch.Elapsed;
                TellUse();
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), stop);
        }
    }

    // Of the service's own account and of the hosts' records, so that one sees which of the two is not as it should be.
    private void TellUse()
    {
        var seconds = OwnerShares.SecondsBefore(double.MaxValue, Uses(), OwnerOfEach());
        var (all, toldAll) = (seconds.Values.Sum(), pool.Owners.Sum(owner => owner.ToldSeconds));
        Say(
            $"{Ended()} ended; GPU seconds by the hosts (by the service): "
                + string.Join(
                    "; ",
                    pool.Owners.Select(owner => (owner, Own: seconds.GetValueOrDefault(owner.Name)))
                        .Select(each =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{each.owner.Name} {each.Own:0} = {each.Own / Math.Max(1, all):P1} ({each.owner.ToldSeconds:0} = {each.owner.ToldSeconds / Math.Max(1, toldAll):P1})"
                            )
                        )
                )
        );
    }

    private IEnumerable<string> Violations()
    {
        var uses = Uses();
        Say(
            $"{Ended()} of {Submitted()} runs ended; {uses.Count} commands had GPUs, {uses.Count(use => !use.HasEnded)} cut short"
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
        foreach (var text in UnfairShares(new OwnerShares(uses, OwnerOfEach())))
        {
            yield return text;
        }
    }

    private IEnumerable<string> UnfairShares(OwnerShares shares)
    {
        Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"all owners had runs to begin for {shares.Seconds:0} of {shares.AllSeconds:0} GPU seconds"
            )
        );
        if (plan.IsWhole && shares.Seconds < shares.AllSeconds / 2)
        {
            yield return "one owner had no run left before half of the GPU time was used";
        }
        var weights = (double)pool.Owners.Sum(owner => owner.Weight);
        foreach (var owner in pool.Owners)
        {
            var (part, due) = (shares.Of(owner.Name), owner.Weight / weights);
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{owner.Name} had {part:P1} of the GPU time, {due:P1} were due ({(part / due) - 1:+0.0%;-0.0%})"
            );
            Say(text);
            if (plan.IsWhole && Math.Abs((part / due) - 1) > Tolerance)
            {
                yield return text;
            }
        }
    }

    private List<GpuUse> Uses() => [.. pool.Hosts.SelectMany(host => GpuRecords.Uses(host.Records))];

    private Dictionary<string, string> OwnerOfEach() =>
        pool
            .Owners.SelectMany(owner => owner.Runs.Keys.Select(run => (run, owner.Name)))
            .ToDictionary(each => each.run, each => each.Name);

    private int Ended() =>
        pool.Owners.Sum(owner => owner.Runs.Values.Count(state => state is "completed" or "error" or "canceled"));

    private int Submitted() => pool.Owners.Sum(owner => owner.Runs.Count);

    private void Say(string text) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds, 6:0.0} {text}"));
}
