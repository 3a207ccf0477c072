using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>Containers and objects as paths below an account, escaped so that none becomes another.</summary>
internal static class SwiftPath
{
    public static string Of(string container) => "/" + Uri.EscapeDataString(container);

    public static string Of(string container, string name) => $"{Of(container)}/{Escape(name)}";

    // A name of only dots would be resolved as a relative path and lead to another object.
    private static string Escape(string name)
    {
        var parts = name.Split('/');
        return parts.Any(part => part is "." or "..")
            ? throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"'{name}' cannot be reached over HTTP: a part of its name is only dots."
            )
            : string.Join('/', parts.Select(Uri.EscapeDataString));
    }
}
