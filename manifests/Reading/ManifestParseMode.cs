namespace Trainyard.Manifests.Reading;

/// <summary>Whether a manifest is about to run, or only looked at.</summary>
public enum ManifestParseMode
{
    /// <summary>Every credential must be there: <c>${env:NAME}</c> left in the text is an error.</summary>
    Submit,

    /// <summary>
    /// <c>${env:NAME}</c> may stand for a credential: a manifest kept in version control can be checked
    /// on a machine that has no credentials.
    /// </summary>
    Offline,
}
