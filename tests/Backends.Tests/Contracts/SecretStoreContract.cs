using Trainyard.Core.Manifests;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What every secret store does.</summary>
public abstract class SecretStoreContract : IAsyncLifetime
{
    protected const string SecretKey = "the-secret-access-key-of-the-user";

    protected abstract ISecretStore Store { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Secrets_come_back_for_their_run_only()
    {
        var id = RunId.New();
        await Store.PutAsync(id, Secrets(), default);

        var back = await Store.GetAsync(id, default);

        Assert.Equal(SecretKey, back!.Data.Reveal(CredentialField.SecretAccessKey));
        Assert.Equal("results-id", back.Results.Reveal(CredentialField.AccessKeyId));
        Assert.Equal("webhook", back.NotifySecret!.Reveal());
        Assert.Null(await Store.GetAsync(RunId.New(), default));
    }

    [Fact]
    public async Task A_run_without_secrets_has_an_empty_set()
    {
        var id = RunId.New();
        await Store.PutAsync(id, RunSecrets.None, default);

        Assert.True((await Store.GetAsync(id, default))!.Data.IsEmpty);
    }

    [Fact]
    public async Task A_second_put_replaces_the_first()
    {
        var id = RunId.New();
        await Store.PutAsync(id, Secrets(), default);
        await Store.PutAsync(id, Secrets("another"), default);

        var back = await Store.GetAsync(id, default);

        Assert.Equal("another", back!.Data.Reveal(CredentialField.SecretAccessKey));
    }

    [Fact]
    public async Task What_was_destroyed_is_gone_and_may_be_destroyed_again()
    {
        var id = RunId.New();
        await Store.PutAsync(id, Secrets(), default);

        await Store.DestroyAsync(id, default);
        await Store.DestroyAsync(id, default);
        await Store.DestroyAsync(RunId.New(), default);

        Assert.Null(await Store.GetAsync(id, default));
    }

    protected static RunSecrets Secrets(string secretKey = SecretKey) =>
        new()
        {
            Data = StoreCredentials.ForAccessKey("data-id", secretKey),
            Results = StoreCredentials.ForAccessKey("results-id", "r"),
            NotifySecret = new Secret("webhook"),
        };
}
