using Azure.Core;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Backends.Azure.Secrets;

namespace Trainyard.Backends.KeyVault;

/// <summary>
/// Wraps the keys that encrypt secrets with a Key Vault key. The service loads this type by its name.
/// </summary>
public sealed class KeyVaultKeyWrapping : IKeyWrapping
{
    public void AddTo(IDataProtectionBuilder protection, Uri key) =>
        protection.ProtectKeysWithAzureKeyVault(
            key.AbsoluteUri,
            provider => provider.GetRequiredService<TokenCredential>()
        );
}
