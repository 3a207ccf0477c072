using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary>Reads one part of the manifest into the draft and reports everything wrong with it.</summary>
internal interface IManifestRule
{
    void Apply(ManifestContext context);
}
