using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>retries</c>: further attempts, by cause.</summary>
internal sealed class RetriesRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.Root.Open("retries") is not { } retries)
        {
            return;
        }

        var defaults = RetryLimits.Default;
        context.Draft.Retries = new()
        {
            NodeLost = Count("node_lost", defaults.NodeLost),
            SystemError = Count("system_error", defaults.SystemError),
            StoreError = Count("store_error", defaults.StoreError),
            CommandFailed = Count("command_failed", defaults.CommandFailed),
        };

        int Count(string cause, int usual) => context.Whole(retries.Take(cause), 0, FieldLimits.Retries) ?? usual;
    }
}
