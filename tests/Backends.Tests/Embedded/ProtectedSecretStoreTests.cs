using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Backends.Secrets;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core;
using Trainyard.Core.Manifests;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class ProtectedSecretStoreTests : SecretStoreContract
{
    private readonly TemporaryFolder temporary = new();

    protected override ISecretStore Store => field ??= Open();

    private StateFolder Home => new(temporary.Path);

    public override Task DisposeAsync()
    {
        temporary.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Secrets_outlive_the_service()
    {
        var id = RunId.New();
        await Store.PutAsync(id, Secrets(), default);

        var back = await Open().GetAsync(id, default);

        Assert.Equal(SecretKey, back!.Data.Reveal(CredentialField.SecretAccessKey));
    }

    [Fact]
    public async Task A_secret_is_nowhere_on_disk()
    {
        await Store.PutAsync(RunId.New(), Secrets(), default);

        foreach (var file in Directory.GetFiles(temporary.Path, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(SecretKey, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
    }

    [Fact]
    public async Task One_runs_file_does_not_open_as_anothers()
    {
        var (mine, yours) = (RunId.New(), RunId.New());
        await Store.PutAsync(yours, Secrets(), default);

        File.Copy(FileOf(yours), FileOf(mine));

        await Assert.ThrowsAsync<CryptographicException>(() => Store.GetAsync(mine, default));
    }

    [Fact]
    public async Task A_changed_file_does_not_open()
    {
        var id = RunId.New();
        await Store.PutAsync(id, Secrets(), default);
        var bytes = await File.ReadAllBytesAsync(FileOf(id));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(FileOf(id), bytes);

        await Assert.ThrowsAsync<CryptographicException>(() => Store.GetAsync(id, default));
    }

    [Fact]
    public async Task Only_the_services_user_can_read_the_files()
    {
        await Store.PutAsync(RunId.New(), Secrets(), default);

        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Assert.Single(Directory.GetFiles(Path.Combine(Home.Secrets, "runs"))))
        );
        foreach (var folder in new[] { Home.Secrets, Path.Combine(Home.Secrets, "runs") })
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(folder)
            );
    }

    private string FileOf(RunId id) => Path.Combine(Home.Secrets, "runs", id.ToString());

    private ProtectedSecretStore Open()
    {
        Core.Stores.DurableFiles.CreatePrivateFolder(Home.Secrets);
        return new(Home, DataProtectionProvider.Create(new DirectoryInfo(Home.Secrets)));
    }
}
