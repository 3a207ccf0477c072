using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What every secret store does.</summary>
public abstract class SecretStoreContract : IAsyncLifetime
{
    protected const string SecretKey = "the-secret-access-key-of-the-user";

    protected static readonly Owner Alice = Owner.Parse("alice");
    protected static readonly Owner Bob = Owner.Parse("bob");
    protected static readonly SecretName Lab = SecretName.Parse("lab");

    private static readonly DateTimeOffset Updated = new(2018, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    protected abstract ISecretStore Store { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Secrets_come_back_for_their_run_only()
    {
        var id = SubmissionKey.New(RunId.New());
        await Store.PutAsync(id, Secrets(), default);

        var back = await Store.GetAsync(id, default);

        Assert.Equal(SecretKey, back!.Data.Reveal(CredentialField.SecretAccessKey));
        Assert.Equal("results-id", back.Results.Reveal(CredentialField.AccessKeyId));
        Assert.Equal("webhook", back.NotifySecret!.Reveal());
        Assert.Null(await Store.GetAsync(SubmissionKey.New(RunId.New()), default));
    }

    [Fact]
    public async Task A_run_without_secrets_has_an_empty_set()
    {
        var id = SubmissionKey.New(RunId.New());
        await Store.PutAsync(id, RunSecrets.None, default);

        Assert.Empty((await Store.GetAsync(id, default))!.Data.Fields);
    }

    [Fact]
    public async Task A_second_put_replaces_the_first()
    {
        var id = SubmissionKey.New(RunId.New());
        await Store.PutAsync(id, Secrets(), default);
        await Store.PutAsync(id, Secrets("another"), default);

        var back = await Store.GetAsync(id, default);

        Assert.Equal("another", back!.Data.Reveal(CredentialField.SecretAccessKey));
    }

    [Fact]
    public async Task What_was_destroyed_is_gone_and_may_be_destroyed_again()
    {
        var id = SubmissionKey.New(RunId.New());
        await Store.PutAsync(id, Secrets(), default);

        await Store.DestroyAsync(id, default);
        await Store.DestroyAsync(id, default);
        await Store.DestroyAsync(SubmissionKey.New(RunId.New()), default);

        Assert.Null(await Store.GetAsync(id, default));
    }

    [Fact]
    public async Task A_named_secret_comes_back_for_its_owner_and_name_only()
    {
        await Store.PutAsync(Alice, Lab, Named(), default);

        var back = await Store.GetAsync(Alice, Lab, default);

        Assert.Equal(SecretKey, back!.Credentials.Reveal(CredentialField.SecretAccessKey));
        Assert.Equal(Updated, back.UpdatedAt);
        Assert.Null(await Store.GetAsync(Bob, Lab, default));
        Assert.Null(await Store.GetAsync(Alice, SecretName.Parse("lab2"), default));
    }

    [Fact]
    public async Task A_second_put_under_a_name_replaces_the_first()
    {
        await Store.PutAsync(Alice, Lab, Named(), default);
        await Store.PutAsync(Alice, Lab, Named("another"), default);

        var back = await Store.GetAsync(Alice, Lab, default);

        Assert.Equal("another", back!.Credentials.Reveal(CredentialField.SecretAccessKey));
        Assert.Single(await Store.ListAsync(Alice, default));
    }

    [Fact]
    public async Task Names_are_listed_in_order_and_for_their_owner_only()
    {
        string[] names = ["a", "a-b", "a.b", "a.secret", "a_b", "b", "lab"];
        foreach (var name in names.Reverse())
        {
            await Store.PutAsync(Alice, SecretName.Parse(name), Named(), default);
        }
        await Store.PutAsync(Bob, SecretName.Parse("of-bob"), Named(), default);

        Assert.Equal(names, (await Store.ListAsync(Alice, default)).Select(n => n.ToString()));
        Assert.Empty(await Store.ListAsync(Owner.Parse("carol"), default));
    }

    [Fact]
    public async Task Owners_whose_names_begin_alike_are_two()
    {
        await Store.PutAsync(Owner.Parse("al"), SecretName.Parse("ice.lab"), Named(), default);
        await Store.PutAsync(Alice, Lab, Named(), default);

        Assert.Equal(SecretName.Parse("ice.lab"), Assert.Single(await Store.ListAsync(Owner.Parse("al"), default)));
        Assert.Equal(Lab, Assert.Single(await Store.ListAsync(Alice, default)));
    }

    [Fact]
    public async Task A_destroyed_name_is_gone_for_its_owner_alone()
    {
        await Store.PutAsync(Alice, Lab, Named(), default);
        await Store.PutAsync(Bob, Lab, Named(), default);

        Assert.True(await Store.DestroyAsync(Alice, Lab, default));
        Assert.False(await Store.DestroyAsync(Alice, Lab, default));
        Assert.False(await Store.DestroyAsync(Owner.Parse("carol"), Lab, default));

        Assert.Null(await Store.GetAsync(Alice, Lab, default));
        Assert.Empty(await Store.ListAsync(Alice, default));
        Assert.NotNull(await Store.GetAsync(Bob, Lab, default));
    }

    protected static NamedSecret Named(string secretKey = SecretKey) =>
        new() { Credentials = SampleCredentials.ForAccessKey("id", secretKey), UpdatedAt = Updated };

    protected static RunSecrets Secrets(string secretKey = SecretKey) =>
        new()
        {
            Data = SampleCredentials.ForAccessKey("data-id", secretKey),
            Results = SampleCredentials.ForAccessKey("results-id", "r"),
            NotifySecret = new Secret("webhook"),
        };
}
