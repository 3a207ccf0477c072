using Trainyard.Runtime.Triggers.Invocation;

namespace Trainyard.Runtime.Triggers.Discovery;

/// <summary>The functions of the app.</summary>
internal sealed class FunctionCatalog(IReadOnlyList<DiscoveredFunction> functions)
{
    public IEnumerable<DiscoveredFunction> Of(TriggerKind kind) => functions.Where(function => function.Kind == kind);
}
