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
    private readonly ManualTime time = new();

    [Fact]
    public async Task It_is_good_when_everything_answers() => Assert.True(await LookAsync());

    [Theory]
    [InlineData(typeof(IRunStore))]
    [InlineData(typeof(IPoolLoad))]
    [InlineData(typeof(IBlobStore))]
    [InlineData(typeof(ISecretStore))]
    public async Task It_is_bad_when_a_store_fails(Type failing) => Assert.False(await LookAsync(failing, Failure));

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
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(look.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.False(await look.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static Task Failure => Task.FromException(new IOException("out of reach"));

    private Task<bool> LookAsync(
        Type? store = null,
        Task? answer = null,
        Task? orchestrations = null,
        IDataProtectionProvider? protection = null
    )
    {
        T Make<T>()
            where T : class => Answering.With<T>(typeof(T) == store ? answer! : Task.CompletedTask);

        var health = new ServiceHealth(
            Make<IRunStore>(),
            Make<IPoolLoad>(),
            Make<IBlobStore>(),
            Make<ISecretStore>(),
            protection ?? new EphemeralDataProtectionProvider(),
            time,
            NullLogger<ServiceHealth>.Instance
        );
        return health.IsGoodAsync(_ => orchestrations ?? Task.CompletedTask, default);
    }

    /// <summary>Keys that cannot be read.</summary>
    private sealed class NoKeys : IDataProtectionProvider
    {
        public IDataProtector CreateProtector(string purpose) => throw new IOException("out of reach");
    }
}
