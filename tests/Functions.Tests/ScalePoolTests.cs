using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Functions.Timers;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

public sealed class ScalePoolTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 31, 23, 59, 58, TimeSpan.Zero);

    private readonly Pool _pool = new();

    [Fact]
    public async Task A_machine_comes_for_a_run_that_waits_and_a_broken_one_goes()
    {
        _pool.Waiting.Add(new WaitingRun(RunId.New(), new RunNeeds { Gpus = 1 }));
        _pool.Machines.Add(new PoolMachine("7", "default-000007", Now - TimeSpan.FromHours(1)));

        await RunAsync();

        Assert.Equal(["grow to 1", "1 starting", "remove 7"], _pool.Asked);
    }

    [Fact]
    public async Task A_pool_that_may_not_grow_can_still_shrink_and_the_refusal_is_seen()
    {
        _pool.Waiting.Add(new WaitingRun(RunId.New(), new RunNeeds { Gpus = 1 }));
        _pool.Machines.Add(new PoolMachine("7", "default-000007", Now - TimeSpan.FromHours(1)));
        _pool.MayGrow = false;

        await Assert.ThrowsAsync<InvalidOperationException>(RunAsync);

        Assert.Equal(["remove 7"], _pool.Asked);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_do_nothing_is_asked()
    {
        await RunAsync();

        Assert.Empty(_pool.Asked);
    }

    [Theory]
    [InlineData("Minimum", "3")]
    [InlineData("Maximum", "101")]
    [InlineData("NodeGpus", "-1")]
    [InlineData("IdleTime", "00:00:30")]
    [InlineData("StartTimeout", "1.00:00:00")]
    public void A_setting_that_makes_no_sense_is_refused_at_the_start(string name, string value)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"Pool:Scaling:{name}", value)])
            .Build();
        using var services = new ServiceCollection().AddTrainyard(configuration).BuildServiceProvider();

        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<ScalingOptions>());
    }

    private Task RunAsync()
    {
        var scaling = new PoolScaling(_pool, _pool, new ScalingOptions(), new PoolOptions(), new ManualTime(Now));
        return new ScalePool(scaling, NullLogger<ScalePool>.Instance).RunAsync(new TimerInfo(), default);
    }

    private sealed class Pool : IPoolScaler, IPoolLoad
    {
        public List<PoolMachine> Machines { get; } = [];

        public List<WaitingRun> Waiting { get; } = [];

        public bool MayGrow { get; set; } = true;

        public List<string> Asked { get; } = [];

        public Task<IReadOnlyList<PoolMachine>?> ListAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PoolMachine>?>(Machines);

        public Task GrowToAsync(int count, CancellationToken cancellationToken)
        {
            if (!MayGrow)
            {
                throw new InvalidOperationException("No quota.");
            }
            Asked.Add($"grow to {count}");
            return Task.CompletedTask;
        }

        public Task RemoveAsync(IReadOnlyList<PoolMachine> machines, CancellationToken cancellationToken)
        {
            Asked.AddRange(machines.Select(machine => $"remove {machine.Id}"));
            return Task.CompletedTask;
        }

        public Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken) =>
            Task.FromResult(new PoolLoad { Waiting = Waiting, Nodes = [] });

        public Task AnnounceAsync(string pool, StartingMachines starting, CancellationToken cancellationToken)
        {
            Asked.Add($"{starting.Count} starting");
            return Task.CompletedTask;
        }

        public Task JudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public Task<bool> RetireAsync(string node, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
