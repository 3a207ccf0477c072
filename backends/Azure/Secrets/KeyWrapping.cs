namespace Trainyard.Backends.Azure.Secrets;

/// <summary>
/// Loads the key wrapping assembly from beside the program. It depends on a package that not every feed has, so the
/// program is built without it, and published with it for use with a vault.
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
