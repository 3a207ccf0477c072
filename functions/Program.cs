using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Trainyard.Contracts;
using Trainyard.Functions;
using Trainyard.Runtime.Triggers.Hosting;

ProcessMemory.Hide();

// The program that started this one decides which host runs the functions; everything else is the same.
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
