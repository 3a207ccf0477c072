using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary>What FfDL's manifests also had at the top and what has no effect here.</summary>
internal sealed class FfdlExtrasRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (!context.IsFfdl)
        {
            return;
        }

        // The version of the manifest, which does not concern the run.
        context.Root.Take("version");
        context.Ignore(context.Root.Take("schedpolicy"));
    }
}
