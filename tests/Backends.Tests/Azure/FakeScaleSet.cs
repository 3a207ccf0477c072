using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Backends.Azure.Scaling;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>A stand-in of Azure Resource Manager with one scale set: its machines come and go as they are asked to.</summary>
internal sealed class FakeScaleSet : IAsyncDisposable
{
    public const string Id =
        "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/trainyard/providers/"
        + "Microsoft.Compute/virtualMachineScaleSets/trainyard-default";

    public const string Endpoint = "https://management.azure.com";
    private const int PageSize = 2;
    private const string Version = "2025-04-01";

    private readonly WebApplication _app;
    private int _made;

    private FakeScaleSet(WebApplication app)
    {
        _app = app;
        app.Use(GuardAsync);
        app.MapGet(Id, () => Exists ? Results.Json(Describe()) : Results.NotFound());
        app.MapGet(Id + "/virtualMachines", (int? skip) => Exists ? Results.Json(Page(skip ?? 0)) : Results.NotFound());
        app.MapPatch(Id, PatchAsync);
        app.MapPost(Id + "/delete", DeleteAsync);
    }

    public bool Exists { get; set; } = true;

    public long Capacity { get; set; }

    public string State { get; set; } = "Succeeded";

    public string NextHost { get; set; } = Endpoint;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public List<JsonObject> Machines { get; } = [];

    /// <summary>What the next requests are answered instead, one each.</summary>
    public ConcurrentQueue<int> Failures { get; } = new();

    /// <summary>Somebody else's change of the capacity, just before ours.</summary>
    public long? CapacityInBetween { get; set; }

    /// <summary>Method and path, below the scale set, of every request, also of those that failed.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<FakeScaleSet> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var fake = new FakeScaleSet(builder.Build());
        fake._app.Urls.Add("http://127.0.0.1:0");
        await fake._app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public ScaleSetScaler Scaler(TimeProvider time)
    {
        var here = new HttpClient(new ToHere(new Uri(_app.Urls.First())));
        var options = new ResourceManagerOptions { Transport = new HttpClientTransport(here) };
        options.Retry.Delay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        return new ScaleSetScaler(
            new ResourceManager(new Identity(), options),
            new ResourceIdentifier(Id),
            time,
            NullLogger<ScaleSetScaler>.Instance
        );
    }

    public JsonObject Add(string state = "Succeeded")
    {
        var machine = new JsonObject
        {
            ["instanceId"] = $"{_made}",
            ["name"] = $"trainyard-default_{_made}",
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = state,
                ["osProfile"] = new JsonObject { ["computerName"] = $"default-{_made:D6}" },
                ["timeCreated"] = Time.GetUtcNow(),
            },
        };
        _made++;
        Machines.Add(machine);
        Capacity = Math.Max(Capacity, Machines.Count);
        return machine;
    }

    /// <summary>What takes minutes: those that were being made are there, those that were being deleted are gone.</summary>
    public void Settle()
    {
        Machines.RemoveAll(machine => StateOf(machine) == "Deleting");
        foreach (var machine in Machines)
        {
            machine["properties"]!["provisioningState"] = "Succeeded";
        }
        State = "Succeeded";
    }

    public static string StateOf(JsonObject machine) => (string)machine["properties"]!["provisioningState"]!;

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        Requests.Enqueue($"{request.Method} {request.Path.Value![Id.Length..]}".TrimEnd());
        if (request.Headers.Authorization != $"Bearer for {Endpoint}/.default")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (request.Query["api-version"] != Version)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        else if (Failures.TryDequeue(out var status))
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (status, "0");
        }
        else
        {
            await next(context);
        }
    }

    private JsonObject Describe() =>
        new()
        {
            ["sku"] = new JsonObject
            {
                ["name"] = "Standard_NC4as_T4_v3",
                ["tier"] = "Standard",
                ["capacity"] = Capacity,
            },
            ["properties"] = new JsonObject { ["provisioningState"] = State },
            ["etag"] = $"\"{Capacity}\"",
        };

    private JsonObject Page(int skip)
    {
        var page = new JsonObject
        {
            ["value"] = new JsonArray([.. Machines.Skip(skip).Take(PageSize).Select(machine => machine.DeepClone())]),
        };
        if (skip + PageSize < Machines.Count)
        {
            page["nextLink"] = $"{NextHost}{Id}/virtualMachines?api-version={Version}&skip={skip + PageSize}";
        }
        return page;
    }

    private async Task<IResult> PatchAsync(HttpRequest request)
    {
        (Capacity, CapacityInBetween) = (CapacityInBetween ?? Capacity, null);
        if (request.Headers.IfMatch != $"\"{Capacity}\"")
        {
            return Results.StatusCode(StatusCodes.Status412PreconditionFailed);
        }
        var sku = (await JsonNode.ParseAsync(request.Body))!["sku"]!;
        if ((string?)sku["name"] != "Standard_NC4as_T4_v3" || (string?)sku["tier"] != "Standard")
        {
            return Results.BadRequest();
        }
        Capacity = (long)sku["capacity"]!;
        while (Machines.Count(machine => StateOf(machine) != "Deleting") < Capacity)
        {
            Add("Creating");
        }
        State = "Updating";
        return Results.Accepted(value: Describe());
    }

    private async Task<IResult> DeleteAsync(HttpRequest request)
    {
        var ids = (await JsonNode.ParseAsync(request.Body))!["instanceIds"]!
            .AsArray()
            .Select(id => (string)id!)
            .ToList();
        var machines = Machines.Where(machine => ids.Contains((string)machine["instanceId"]!)).ToList();
        if (machines.Count < ids.Count)
        {
            return Results.BadRequest();
        }
        if (machines.Exists(machine => StateOf(machine) == "Deleting"))
        {
            return Results.Conflict();
        }
        foreach (var machine in machines)
        {
            machine["properties"]!["provisioningState"] = "Deleting";
        }
        Capacity -= machines.Count;
        State = "Updating";
        return Results.Accepted();
    }

    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext context, CancellationToken cancellationToken) =>
            new($"for {string.Join(' ', context.Scopes)}", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext context,
            CancellationToken cancellationToken
        ) => new(GetToken(context, cancellationToken));
    }

    // Tokens go over https only, so the last step alone is another: what was for Azure comes here.
    private sealed class ToHere(Uri here) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (request.RequestUri!.GetLeftPart(UriPartial.Authority) != Endpoint)
            {
                throw new InvalidOperationException($"{request.RequestUri} is somewhere else.");
            }
            request.RequestUri = new Uri(here, request.RequestUri.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
