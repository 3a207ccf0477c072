using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Runtime.Triggers.Discovery;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Http;

/// <summary>Gives every HTTP function its endpoint.</summary>
internal static class HttpTriggers
{
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<HttpFunctionHandler>();
        services.AddRouting();
        // MVC core executes an IActionResult.
        services.AddMvcCore();
    }

    /// <exception cref="FunctionsStartupException">Some route cannot be served.</exception>
    public static void Map(WebApplication app, FunctionCatalog catalog, HostJson hostJson)
    {
        var functions = catalog.Of(TriggerKind.Http).ToList();
        ThrowIfUnservable(functions, hostJson);
        var handler = app.Services.GetRequiredService<HttpFunctionHandler>();
        foreach (var function in functions)
        {
            var route = HttpRoutes.Of(function, hostJson.Extensions.Http.RoutePrefix);
            var endpoint = app.Map(RoutePatternFactory.Parse(route), context => handler.HandleAsync(context, function));
            endpoint.WithDisplayName(function.Name);
            if (((HttpTriggerAttribute)function.Trigger).Methods is { Length: > 0 } methods)
            {
                endpoint.WithMetadata(new HttpMethodMetadata(methods));
            }
        }
    }

    private static void ThrowIfUnservable(List<DiscoveredFunction> functions, HostJson hostJson)
    {
        var mistakes = HttpRoutes.MistakesIn(functions, hostJson.Extensions.Http.RoutePrefix);
        if (mistakes.Count > 0)
        {
            throw new FunctionsStartupException(mistakes);
        }
    }
}
