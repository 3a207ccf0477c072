using System.Reflection;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Functions.Http;

namespace Trainyard.Functions.Tests;

public sealed class RoutesTests
{
    private static readonly List<HttpFunction> Functions =
    [
        .. from type in typeof(ListRuns).Assembly.GetTypes()
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger is not null
        select new HttpFunction(function.Name, trigger.Methods ?? [], RoutePatternFactory.Parse(trigger.Route!)),
    ];

    [Fact]
    public void The_functions_are_found() => Assert.True(Functions.Count > 20);

    [Fact]
    public void A_fixed_path_comes_before_a_placeholder_that_matches_it_too()
    {
        foreach (var wide in Functions)
        {
            foreach (var narrow in Functions.Where(function => function != wide && wide.Covers(function)))
            {
                Assert.True(
                    string.CompareOrdinal(narrow.Name, wide.Name) < 0,
                    $"{wide.Name} would take the calls of {narrow.Name}."
                );
            }
        }
    }

    private sealed record HttpFunction(string Name, string[] Methods, RoutePattern Route)
    {
        public bool Covers(HttpFunction other) =>
            Methods.Intersect(other.Methods, StringComparer.OrdinalIgnoreCase).Any()
            && Route.PathSegments.Count == other.Route.PathSegments.Count
            && Route.PathSegments.Zip(other.Route.PathSegments).All(pair => Covers(pair.First, pair.Second));

        private static bool Covers(RoutePatternPathSegment one, RoutePatternPathSegment other) =>
            one.Parts[0] is RoutePatternParameterPart
            || (
                one.Parts[0] is RoutePatternLiteralPart a
                && other.Parts[0] is RoutePatternLiteralPart b
                && a.Content == b.Content
            );
    }
}
