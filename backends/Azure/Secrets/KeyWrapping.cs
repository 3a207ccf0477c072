namespace Trainyard.Backends.Azure.Secrets;

/// <summary>
/// Finds the key wrapping that lies beside the program. It stands on a package that not every feed has, so the program is
/// built without it, and published with it for a vault.
/// </summary>
internal static class KeyWrapping
{
    private const string TypeName = "Trainyard.Backends.KeyVault.KeyVaultKeyWrapping, Trainyard.Backends.KeyVault";

    /// <exception cref="InvalidOperationException">The program was published without it.</exception>
    public static IKeyWrapping Load() =>
        Type.GetType(TypeName) is { } type
            ? (IKeyWrapping)Activator.CreateInstance(type)!
            : throw new InvalidOperationException(
                "Azure:KeyVault:DataProtectionKeyId names a key, but this service was published without Key Vault; "
                    + "publish it with -p:KeyVault=true."
            );
}
