using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

public sealed class ServiceHealthTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task It_is_good_when_everything_answers() => Assert.True(await LookAsync());

    [Theory]
    [InlineData(typeof(IRunStore))]
    [InlineData(typeof(IDispatchQueue))]
    [InlineData(typeof(IBlobStore))]
    [InlineData(typeof(ISecretStore))]
    public async Task It_is_bad_when_a_store_fails(Type failing) => Assert.False(await LookAsync(failing, Failure));

    [Fact]
    public async Task A_thousand_callers_cost_one_look_and_the_next_one_comes_after_five_seconds()
    {
        var looks = 0;
        var health = Health();
        Task Look(CancellationToken _)
        {
            looks++;
            return Task.CompletedTask;
        }

        for (var caller = 0; caller < 1000; caller++)
        {
            Assert.True(await health.IsGoodAsync(Look, default));
        }
        Assert.Equal(1, looks);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await health.IsGoodAsync(Look, default));

        Assert.Equal(2, looks);
    }

    [Fact]
    public async Task A_caller_that_goes_does_not_end_the_look_of_the_others()
    {
        var answer = new TaskCompletionSource();
        var health = Health();
        using var gone = new CancellationTokenSource();
        var first = health.IsGoodAsync(_ => answer.Task, gone.Token);
        var second = health.IsGoodAsync(_ => answer.Task, default);

        await gone.CancelAsync();
        answer.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.True(await second);
    }

    [Fact]
    public async Task It_is_bad_when_orchestrations_cannot_be_looked_up() =>
        Assert.False(await LookAsync(orchestrations: Failure));

    [Fact]
    public async Task It_is_bad_when_the_keys_of_secrets_cannot_be_read() =>
        Assert.False(await LookAsync(protection: new NoKeys()));

    [Fact]
    public async Task It_is_bad_after_ten_seconds_when_a_store_does_not_answer()
    {
        var look = LookAsync(typeof(IBlobStore), new TaskCompletionSource().Task);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(look.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.False(await look.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static Task Failure => Task.FromException(new IOException("out of reach"));

    private Task<bool> LookAsync(
        Type? store = null,
        Task? answer = null,
        Task? orchestrations = null,
        IDataProtectionProvider? protection = null
    ) => Health(store, answer, protection).IsGoodAsync(_ => orchestrations ?? Task.CompletedTask, default);

    private ServiceHealth Health(Type? store = null, Task? answer = null, IDataProtectionProvider? protection = null)
    {
        T Make<T>()
            where T : class => Answering.With<T>(typeof(T) == store ? answer! : Task.CompletedTask);

        return new ServiceHealth(
            Make<IRunStore>(),
            Make<IDispatchQueue>(),
            Make<IBlobStore>(),
            Make<ISecretStore>(),
            protection ?? new EphemeralDataProtectionProvider(),
            _time,
            NullLogger<ServiceHealth>.Instance
        );
    }

    /// <summary>Data protection keys that cannot be read.</summary>
    private sealed class NoKeys : IDataProtectionProvider
    {
        public IDataProtector CreateProtector(string purpose) => throw new IOException("out of reach");
    }
}
