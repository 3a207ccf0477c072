using Trainyard.Runtime.Engine.Instances;

namespace Trainyard.Runtime.Tests.Durable.Engine;

public sealed class LimitedQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public async Task Every_item_runs_once_and_never_too_many_at_a_time(int limit)
    {
        const int Items = 5000;
        var (running, most, done) = (0, 0, 0);
        var all = new TaskCompletionSource();
        var queue = new LimitedQueue<int>(
            limit,
            async item =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                if (item % 7 == 0)
                {
                    await Task.Yield();
                }

                Interlocked.Decrement(ref running);
                if (Interlocked.Increment(ref done) == Items)
                {
                    all.SetResult();
                }
            },
            failure => Assert.Fail($"{failure}")
        );

        Parallel.For(0, Items, queue.Add);
        await all.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.InRange(most, 1, limit);
        Assert.Equal(Items, done);
    }

    [Fact]
    public async Task An_item_that_throws_takes_no_place_of_the_others()
    {
        var (failed, done) = (0, new TaskCompletionSource());
        var queue = new LimitedQueue<int>(
            1,
            item =>
            {
                if (item < 5)
                {
                    throw new InvalidOperationException("a defect");
                }

                done.SetResult();
                return Task.CompletedTask;
            },
            _ => failed++
        );

        for (var item = 0; item <= 5; item++)
        {
            queue.Add(item);
        }

        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(5, failed);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
