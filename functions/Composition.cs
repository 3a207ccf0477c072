using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Trainyard.Backends.ObjectStores;
using Trainyard.Functions.Middleware;
using Trainyard.Telemetry;

namespace Trainyard.Functions;

/// <summary>Registers the service's parts; the same for both hosts.</summary>
internal static class Composition
{
    /// <param name="host">The builder of the host.</param>
    /// <param name="worker">The same builder as the builder of the functions' pipeline.</param>
    /// <param name="usualBackends">The backends to use when the configuration names none.</param>
    public static void Compose(
        IHostApplicationBuilder host,
        IFunctionsWorkerApplicationBuilder worker,
        BackendKind usualBackends
    )
    {
        worker.UseMiddleware<ProblemMiddleware>();
        worker.UseMiddleware<AuthenticationMiddleware>();
        worker.UseMiddleware<CodedBodyMiddleware>();
        host.Services.AddTrainyard(host.Configuration);
        host.Services.AddTracing("trainyard");
        host.Services.AddBackends(host.Configuration, usualBackends);
        host.Services.AddObjectStores(host.Configuration);
    }
}
