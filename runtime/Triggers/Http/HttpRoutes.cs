using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Runtime.Triggers.Invocation;

namespace Trainyard.Runtime.Triggers.Http;

/// <summary>The routes of HTTP functions, and which of them cannot be served.</summary>
internal static class HttpRoutes
{
    private static readonly string[] Reserved = ["admin", "runtime"];

    public static string Of(DiscoveredFunction function, string prefix)
    {
        var route = (((HttpTriggerAttribute)function.Trigger).Route ?? function.Name).TrimStart('/');
        return prefix.Length == 0 ? route : $"{prefix.Trim('/')}/{route}";
    }

    public static IReadOnlyList<string> MistakesIn(IReadOnlyList<DiscoveredFunction> functions, string prefix)
    {
        var mistakes = new List<string>();
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var function in functions)
        {
            var route = Of(function, prefix);
            if (MistakeIn(route) is { } mistake)
            {
                mistakes.Add($"Function '{function.Name}' has the route '{route}', {mistake}");
                continue;
            }
            foreach (var method in MethodsOf(function))
            {
                if (!taken.TryAdd($"{method} {ShapeOf(route)}", function.Name))
                {
                    mistakes.Add(
                        $"Functions '{taken[$"{method} {ShapeOf(route)}"]}' and '{function.Name}' answer the same requests, {method} {route}."
                    );
                }
            }
        }
        return mistakes;
    }

    private static string? MistakeIn(string route)
    {
        try
        {
            var pattern = RoutePatternFactory.Parse(route);
            var first = pattern.PathSegments.Count > 0 ? pattern.PathSegments[0] : null;
            return
                first is { IsSimple: true }
                && first.Parts[0] is RoutePatternLiteralPart literal
                && Reserved.Contains(literal.Content, StringComparer.OrdinalIgnoreCase)
                ? $"but '{literal.Content}' is the host's own."
                : null;
        }
        catch (RoutePatternException e)
        {
            return $"which is not a route template: {e.Message}";
        }
    }

    private static IEnumerable<string> MethodsOf(DiscoveredFunction function) =>
        ((HttpTriggerAttribute)function.Trigger).Methods is { Length: > 0 } methods
            ? methods.Select(method => method.ToUpperInvariant()).Distinct()
            : ["*"];

    // Two templates that differ only in the names of their parameters match the same requests.
    private static string ShapeOf(string route) =>
        string.Join('/', RoutePatternFactory.Parse(route).PathSegments.Select(SegmentShape));

    private static string SegmentShape(RoutePatternPathSegment segment) =>
        string.Concat(
            segment.Parts.Select(part =>
                part switch
                {
                    RoutePatternLiteralPart literal => literal.Content,
                    RoutePatternSeparatorPart separator => separator.Content,
                    RoutePatternParameterPart parameter => ParameterShape(parameter),
                    _ => "",
                }
            )
        );

    private static string ParameterShape(RoutePatternParameterPart parameter) =>
        (parameter.IsCatchAll ? "{*" : "{")
        + string.Join(':', parameter.ParameterPolicies.Select(policy => policy.Content))
        + "}";
}
