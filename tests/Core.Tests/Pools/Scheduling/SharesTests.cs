using Trainyard.Core.Pools.Scheduling;
using Xunit.Abstractions;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>
/// Shares in a small pool of different nodes, with short runs of mixed size and priority. The tests of faults tell the same
/// story with real agents.
/// </summary>
public sealed class SharesTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, double> Weights = new()
    {
        ["ann"] = 2,
        ["bob"] = 1,
        ["carol"] = 1,
    };

    [Fact]
    public void Three_owners_have_what_their_weights_say_within_a_tenth()
    {
        foreach (var seed in Enumerable.Range(1, 40))
        {
            var used = Play(seed, meanSeconds: 8);

            var all = used.Values.Sum();
            Assert.All(Weights, owner => Assert.InRange(used[owner.Key] / all / Due(owner.Key), 0.9, 1.1));
        }
    }

    [Theory]
    [InlineData(1.25)]
    [InlineData(8)]
    [InlineData(60)]
    [InlineData(600)]
    public void No_owner_is_further_from_its_share_than_the_pool_works_in_the_longest_run(double meanSeconds)
    {
        // While a large run waits for its reservation, the GPUs that it cannot use yet go to whoever can.
        const int GpusOfThePool = 4 + 2 + 1;
        const double LongestByMean = 1.5;
        const double AtOnce = 15;
        var bound = GpusOfThePool * ((LongestByMean * meanSeconds) + AtOnce);
        foreach (var seed in Enumerable.Range(1, 20))
        {
            var used = Play(seed, meanSeconds);

            var all = used.Values.Sum();
            Assert.All(Weights, owner => Assert.InRange(used[owner.Key] - (all * Due(owner.Key)), -bound, bound));
        }
    }

    private static double Due(string owner) => Weights[owner] / Weights.Values.Sum();

    // GPU seconds by owner, as long as all have runs waiting.
    private Dictionary<string, double> Play(int seed, double meanSeconds)
    {
        var random = new Random(seed);
        var pool = new VirtualPool(VirtualPool.Options with { Weights = Weights, Overhead = TimeSpan.FromMinutes(5) });
        pool.AddNode("v100", 4);
        pool.AddNode("t4", 2, model: "Tesla T4");
        pool.AddNode("a100", 1, model: "NVIDIA A100-SXM4-40GB");
        foreach (var (owner, weight) in Weights)
        {
            for (var i = 0; i < 50 * weight; i++)
            {
                Enqueue(pool, owner, meanSeconds, random);
            }
        }
        var step = TimeSpan.FromSeconds(meanSeconds / 10);
        var used = Weights.Keys.ToDictionary(owner => owner, _ => 0.0);
        pool.Settle();
        while (Weights.Keys.All(owner => pool.Scheduler.WaitingOf(owner) > 0))
        {
            foreach (var (decision, _) in pool.Running)
            {
                used[decision.Run.Owner] += decision.Run.Needs.Gpus * step.TotalSeconds;
            }
            pool.Pass(step);
        }
        var all = used.Values.Sum();
        output.WriteLine(
            $"seed {seed}, mean {meanSeconds} s: {string.Join(", ", used.Select(own => $"{own.Key} {own.Value:0} GPU seconds, {own.Value - (all * Due(own.Key)):+0;-0} = {(own.Value / all / Due(own.Key)) - 1:+0.0%;-0.0%}"))}"
        );
        return used;
    }

    private static void Enqueue(VirtualPool pool, string owner, double meanSeconds, Random random)
    {
        var (gpus, type) = random.Next(20) switch
        {
            0 or 1 => (4, null),
            2 or 3 or 4 or 5 => (2, null),
            6 or 7 => (1, "t4"),
            8 => (1, "a100"),
            _ => (1, null),
        };
        pool.Enqueue(
            owner,
            gpus,
            minutes: 10,
            priority: random.Next(4) == 0 ? 1 : 0,
            type: type,
            lasts: TimeSpan.FromSeconds(meanSeconds * (0.5 + random.NextDouble()))
        );
    }
}
