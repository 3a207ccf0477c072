using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Trainyard.Backends;
using Trainyard.Backends.ObjectStores;
using Trainyard.Functions;
using Trainyard.Functions.Middleware;
using Trainyard.Telemetry;

ProcessMemory.Hide();
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<AuthenticationMiddleware>();
builder.Services.AddTrainyard(builder.Configuration);
builder.Services.AddTracing("trainyard");
builder.Services.AddBackends(builder.Configuration);
builder.Services.AddObjectStores(builder.Configuration);
builder.Build().Run();
