using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Trainyard.Functions.Middleware;

/// <summary>
/// Lets functions accept websockets where the host passes them on: the embedded one does, Azure's does not, and there the
/// same routes answer as plain HTTP.
/// </summary>
internal sealed class WebSockets : IStartupFilter
{
    // A program may print nothing for hours, and proxies end what is silent for a minute.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = PingInterval });
            next(app);
        };
}
