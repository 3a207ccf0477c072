using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Trainyard.Contracts;
using Trainyard.Functions;
using Trainyard.Runtime.Triggers.Hosting;

ProcessMemory.Hide();

// Azure's host runs the functions if it started the program; otherwise the embedded host does.
if (FunctionsHost.HasStarted(args))
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    Composition.Compose(builder, builder, BackendKind.Azure);
    builder.Build().Run();
}
else
{
    var builder = EmbeddedApplication.CreateBuilder(
        args,
        () => StateFolder.Find(configured: null).Path,
        app => Composition.Compose(app, app, BackendKind.Embedded)
    );
    builder.Build().Run();
}
