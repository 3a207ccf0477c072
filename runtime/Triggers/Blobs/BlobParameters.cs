using Microsoft.Azure.Functions.Worker;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>Checks a blob function's other parameters against the placeholders of its path.</summary>
internal static class BlobParameters
{
    /// <exception cref="HostStartException">A parameter would never get a value.</exception>
    public static void Check(DiscoveredFunction function, BlobPattern pattern)
    {
        var known = pattern
            .Placeholders.Append(BlobBindingContext.PathName)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in function.Parameters.Where(TakesBindingData))
        {
            if (parameter.Name != function.TriggerParameter.Name && !known.Contains(parameter.Name))
            {
                throw new HostStartException(
                    $"Function '{function.Name}' has the parameter '{parameter.Name}', which is no placeholder of its blob path."
                );
            }
        }
    }

    private static bool TakesBindingData(FunctionParameter parameter) =>
        parameter.Type == typeof(string) || parameter.Type.IsPrimitive || parameter.Type == typeof(Guid);
}
