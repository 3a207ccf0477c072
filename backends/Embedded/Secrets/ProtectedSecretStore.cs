using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Core;
using Trainyard.Core.Manifests;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Secrets;

/// <summary>
/// A file for each run, encrypted and authenticated by ASP.NET Data Protection for that run only: a file moved to
/// another run's name does not open.
/// </summary>
internal sealed class ProtectedSecretStore(StateFolder home, IDataProtectionProvider protection) : ISecretStore
{
    private const string Purpose = "Trainyard.RunSecrets";

    private readonly string folder = Path.Combine(home.Secrets, "runs");

    public Task PutAsync(RunId id, RunSecrets secrets, CancellationToken cancellationToken)
    {
        DurableFiles.CreatePrivateFolder(folder);
        DurableFiles.WritePrivate(PathOf(id), Protect(id, secrets));
        return Task.CompletedTask;
    }

    public async Task<RunSecrets?> GetAsync(RunId id, CancellationToken cancellationToken)
    {
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(PathOf(id), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        using var payload = new SecretBytes(ProtectorOf(id).Unprotect(content));
        return RunSecrets.FromPayload(payload.Reveal());
    }

    public Task DestroyAsync(RunId id, CancellationToken cancellationToken)
    {
        if (File.Exists(PathOf(id)))
        {
            File.Delete(PathOf(id));
            DurableFiles.FlushFolder(folder);
        }
        return Task.CompletedTask;
    }

    private byte[] Protect(RunId id, RunSecrets secrets)
    {
        using var payload = secrets.ToProtectedPayload();
        var plain = payload.Reveal().ToArray();
        try
        {
            return ProtectorOf(id).Protect(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private IDataProtector ProtectorOf(RunId id) => protection.CreateProtector(Purpose, id.ToString());

    private string PathOf(RunId id) => Path.Combine(folder, id.ToString());
}
