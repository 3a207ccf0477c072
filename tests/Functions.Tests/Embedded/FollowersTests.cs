using System.IO.Pipelines;
using System.Reflection;
using System.Text;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Tests;

/// <summary>Many clients that follow one run.</summary>
public sealed class FollowersTests : IAsyncLifetime
{
    private const int Clients = 50;

    private RunsHost _host = null!;

    public async Task InitializeAsync() => _host = await RunsHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Fifty_followers_of_a_queued_run_cost_no_more_looks_than_one()
    {
        var run = await _host.QueuedAsync();
        var runs = Counting.Of(_host.Get<IRunStore>());
        var loads = Counting.Of(_host.Get<IPoolLoad>());
        var snapshots = new RunSnapshots(runs, _host.Get<IBlobStore>(), loads, _host.Pool, _host.Time);
        var output = RunBlobs.Log(run.Id);

        for (var look = 0; look < 10; look++)
        {
            var seen = await Task.WhenAll(
                Enumerable.Range(0, Clients).Select(_ => snapshots.GetAsync(run.Id, output, default))
            );
            Assert.All(seen, snapshot => Assert.Equal("no_node", snapshot!.Status.Reason!.Code));
            _host.Time.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(10, Counting.CallsOf(runs));
        Assert.Equal(1, Counting.CallsOf(loads));
    }

    [Fact]
    public async Task Every_follower_gets_all_of_the_output_and_the_end()
    {
        var run = await _host.QueuedAsync();
        var blobs = _host.Get<IBlobStore>();
        await blobs.AppendAsync(RunBlobs.Log(run.Id), 0, "one\ntw"u8.ToArray(), default);
        var bodies = Enumerable.Range(0, Clients).Select(_ => new MemoryStream()).ToList();
        var following = bodies.ConvertAll(body => FollowAsync(run, body));

        await blobs.AppendAsync(RunBlobs.Log(run.Id), 6, "o\nlast"u8.ToArray(), default);
        await _host.Get<RunProgress>().MoveAsync(run.Id, RunPhase.Failed, RunReason.CommandFailed(1), default);
        var all = Task.WhenAll(following);
        for (var step = 0; step < 100 && !all.IsCompleted; step++)
        {
            await Task.WhenAny(all, _host.Time.WaitForTimerAsync());
            _host.Time.Advance(TimeSpan.FromMilliseconds(200));
        }

        await all.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.All(bodies, body => Assert.Equal("one\ntwo\nlast", Encoding.UTF8.GetString(body.ToArray())));
    }

    [Fact]
    public async Task What_comes_is_read_once_for_all_and_wakes_them_without_waiting()
    {
        var run = await _host.QueuedAsync();
        var blobs = Counting.Of(_host.Get<IBlobStore>());
        var snapshots = new RunSnapshots(
            _host.Get<IRunStore>(),
            _host.Get<IBlobStore>(),
            _host.Get<IPoolLoad>(),
            _host.Pool,
            _host.Time
        );
        var follower = new RunFollower(snapshots, new OutputChunks(blobs, _host.Time), new StreamOptions(), _host.Time);
        var name = RunBlobs.Log(run.Id);
        using var stop = new CancellationTokenSource();
        var pipes = Enumerable.Range(0, Clients).Select(_ => new Pipe()).ToList();
        var following = pipes.ConvertAll(pipe =>
            follower.FollowAsync(
                run,
                new RunOutput(blobs, name, 0, OutputParts.Updates, _host.Time),
                new PlainTextWriter(pipe.Writer.AsStream()),
                follow: true,
                stop.Token
            )
        );
        foreach (var _ in pipes)
        {
            await _host.Time.WaitForTimerAsync();
        }

        await _host.Get<IBlobStore>().AppendAsync(name, 0, "one\n"u8.ToArray(), default);
        // The time does not advance, so only the signal can wake the followers.
        snapshots.Tell(name);

        foreach (var pipe in pipes)
        {
            var read = await pipe.Reader.ReadAtLeastAsync(4).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("one\n", Encoding.UTF8.GetString(read.Buffer));
        }
        Assert.Equal(1, Counting.CallsOf(blobs));
        await stop.CancelAsync();
        foreach (var one in following)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }
    }

    [Fact]
    public async Task A_read_that_failed_is_not_shared_with_whoever_asks_next()
    {
        var shared = new SharedReads<string, int>(_host.Time, TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<IOException>(() =>
            shared.GetAsync("a", () => Task.FromException<int>(new IOException()), default)
        );

        Assert.Equal(1, await shared.GetAsync("a", () => Task.FromResult(1), default));
        Assert.Equal(1, await shared.GetAsync("a", () => Task.FromResult(2), default));
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, await shared.GetAsync("a", () => Task.FromResult(2), default));
    }

    private Task FollowAsync(TrainingRun run, Stream body)
    {
        var output = new RunOutput(_host.Get<IBlobStore>(), RunBlobs.Log(run.Id), 0, OutputParts.Updates, _host.Time);
        return _host.Get<RunFollower>().FollowAsync(run, output, new PlainTextWriter(body), follow: true, default);
    }

    /// <summary>Counts the calls to the wrapped object.</summary>
    public class Counting : DispatchProxy
    {
        private object _inner = null!;
        private int _calls;

        public static T Of<T>(T inner)
            where T : class
        {
            var proxy = Create<T, Counting>();
            ((Counting)(object)proxy)._inner = inner;
            return proxy;
        }

        public static int CallsOf(object proxy) => ((Counting)proxy)._calls;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Interlocked.Increment(ref _calls);
            return targetMethod!.Invoke(_inner, args);
        }
    }
}
