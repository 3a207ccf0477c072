using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>What every execution needs from the engine.</summary>
internal sealed record ExecutionServices(
    DurableTaskRegistry Registry,
    IServiceProvider Provider,
    DataConverter Converter,
    ILoggerFactory LoggerFactory
);
