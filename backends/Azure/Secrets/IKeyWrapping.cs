using Microsoft.AspNetCore.DataProtection;

namespace Trainyard.Backends.Azure.Secrets;

/// <summary>Has the keys that encrypt secrets wrapped by a key that never leaves its vault.</summary>
public interface IKeyWrapping
{
    /// <param name="key">Identifier of the wrapping key.</param>
    void AddTo(IDataProtectionBuilder protection, Uri key);
}
