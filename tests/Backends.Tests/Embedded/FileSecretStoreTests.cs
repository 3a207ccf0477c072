using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Backends.Secrets;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class FileSecretStoreTests : SecretStoreContract
{
    private readonly TemporaryFolder _temporary = new();

    protected override ISecretStore Store => field ??= Open();

    private StateFolder Home => new(_temporary.Path);

    public override Task DisposeAsync()
    {
        _temporary.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Secrets_outlive_the_service()
    {
        var id = SubmissionKey.New(RunId.New());
        await Store.PutAsync(id, Secrets(), default);

        var back = await Open().GetAsync(id, default);

        Assert.Equal(SecretKey, back!.Data.Reveal(CredentialField.SecretAccessKey));
    }

    [Fact]
    public async Task A_secret_is_nowhere_on_disk()
    {
        await Store.PutAsync(SubmissionKey.New(RunId.New()), Secrets(), default);
        await Store.PutAsync(Alice, Lab, Named(), default);

        foreach (var file in Directory.GetFiles(_temporary.Path, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(SecretKey, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
        }
    }

    [Fact]
    public async Task One_runs_file_does_not_open_as_anothers()
    {
        var (mine, yours) = (SubmissionKey.New(RunId.New()), SubmissionKey.New(RunId.New()));
        await Store.PutAsync(yours, Secrets(), default);

        File.Copy(FileOf(yours), FileOf(mine));

        await Assert.ThrowsAsync<CryptographicException>(() => Store.GetAsync(mine, default));
    }

    [Theory]
    [InlineData("bob", "lab")]
    [InlineData("alice", "lab2")]
    public async Task A_named_secrets_file_does_not_open_for_another_owner_or_name(string owner, string name)
    {
        var (otherOwner, otherName) = (Owner.Parse(owner), SecretName.Parse(name));
        await Store.PutAsync(Alice, Lab, Named(), default);
        await Store.PutAsync(otherOwner, otherName, Named(), default);

        File.Copy(FileOf(Alice, Lab), FileOf(otherOwner, otherName), overwrite: true);

        await Assert.ThrowsAsync<CryptographicException>(() => Store.GetAsync(otherOwner, otherName, default));
    }

    [Fact]
    public async Task What_a_crash_left_of_a_file_is_no_secret()
    {
        await Store.PutAsync(Alice, Lab, Named(), default);
        await File.WriteAllBytesAsync($"{FileOf(Alice, Lab)}.{Guid.NewGuid():N}.tmp", [1, 2, 3]);

        Assert.Equal([Lab], await Store.ListAsync(Alice, default));
    }

    [Fact]
    public async Task A_changed_file_does_not_open()
    {
        var id = SubmissionKey.New(RunId.New());
        await Store.PutAsync(id, Secrets(), default);
        var bytes = await File.ReadAllBytesAsync(FileOf(id));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(FileOf(id), bytes);

        await Assert.ThrowsAsync<CryptographicException>(() => Store.GetAsync(id, default));
    }

    [Fact]
    public async Task Only_the_services_user_can_read_the_files()
    {
        await Store.PutAsync(SubmissionKey.New(RunId.New()), Secrets(), default);

        await Store.PutAsync(Alice, Lab, Named(), default);

        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(Home.Secrets, "runs")),
            .. Directory.GetFiles(Path.Combine(Home.Secrets, "named"), "*", SearchOption.AllDirectories),
        ];
        Assert.Equal(2, files.Length);
        foreach (var file in files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        foreach (
            var folder in Directory.GetDirectories(Home.Secrets, "*", SearchOption.AllDirectories).Append(Home.Secrets)
        )
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(folder)
            );
        }
    }

    private string FileOf(SubmissionKey id) => Path.Combine(Home.Secrets, "runs", id.ToString());

    private string FileOf(Owner owner, SecretName name) =>
        Path.Combine(Home.Secrets, "named", owner.ToString(), $"{name}.secret");

    private FileSecretStore Open()
    {
        Storage.DurableFiles.CreatePrivateFolder(Home.Secrets);
        return new(Home, DataProtectionProvider.Create(new DirectoryInfo(Home.Secrets)));
    }
}
