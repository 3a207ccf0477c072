using System.Runtime.InteropServices;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Node;

/// <summary>
/// Turns SIGTERM into a stop request, and a second one into an urgent stop. A terminal's signals do the same, unless
/// the terminal belongs to another session.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Signals(Drain drain)
    {
        Handle(PosixSignal.SIGTERM, drain.Request);
        Action fromTerminal = Native.LeadsSession ? static () => { } : drain.Request;
        Handle(PosixSignal.SIGINT, fromTerminal);
        Handle(PosixSignal.SIGHUP, fromTerminal);
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private void Handle(PosixSignal signal, Action act) =>
        _registrations.Add(
            PosixSignalRegistration.Create(
                signal,
                context =>
                {
                    context.Cancel = true;
                    act();
                }
            )
        );
}
