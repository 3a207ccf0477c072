using Microsoft.AspNetCore.DataProtection;

namespace Trainyard.Backends.Azure.Secrets;

/// <summary>Wraps the keys that encrypt secrets with a key that never leaves its vault.</summary>
public interface IKeyWrapping
{
    /// <param name="key">Identifier of the wrapping key.</param>
    void AddTo(IDataProtectionBuilder protection, Uri key);
}
