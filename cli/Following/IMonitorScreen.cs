using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary>Where a followed run is printed.</summary>
internal interface IMonitorScreen
{
    void Start(RunId id);

    void Print(RunEvent item);

    /// <summary>The run as it is recorded once it has ended.</summary>
    void Finish(RunResource run);
}
