using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Manifests.Secrets;
using Trainyard.Storage;

namespace Trainyard.Backends.Secrets;

/// <summary>A file of secret bytes that only the service's user may read and only this protector decrypts.</summary>
internal sealed class ProtectedFile(string path, IDataProtector protector)
{
    private string Folder => Path.GetDirectoryName(path)!;

    public void Write(SecretBytes payload)
    {
        var plain = payload.Reveal().ToArray();
        try
        {
            DurableFiles.CreatePrivateFolder(Folder);
            DurableFiles.WritePrivate(path, protector.Protect(plain));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public async Task<SecretBytes?> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        return new SecretBytes(protector.Unprotect(content));
    }

    /// <summary>Whether there was a file.</summary>
    public bool Delete()
    {
        if (!File.Exists(path))
        {
            return false;
        }
        File.Delete(path);
        DurableFiles.FlushFolder(Folder);
        return true;
    }
}
