using System.Globalization;
using System.Net;

namespace Trainyard.Runtime.Triggers.Settings;

/// <summary>The one argument the service takes: <c>--port N</c> or <c>--port=N</c>.</summary>
internal static class CommandLine
{
    private const string Option = "--port";

    /// <exception cref="HostStartException">The port is not a number from 0 to 65535.</exception>
    public static int? PortIn(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == Option)
            {
                return Parse(i + 1 < args.Length ? args[i + 1] : "");
            }
            if (args[i].StartsWith(Option + "=", StringComparison.Ordinal))
            {
                return Parse(args[i][(Option.Length + 1)..]);
            }
        }
        return null;
    }

    private static int Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port
            : throw new HostStartException(
                $"'{text}' is not a port; give {Option} a number from 0 (any free port) to {IPEndPoint.MaxPort}."
            );
}
