using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Middleware;

/// <summary>
/// Lets functions accept websockets where the host passes them on. The embedded host does; Azure's does not, so there
/// the same routes answer as plain HTTP.
/// </summary>
internal sealed class WebSockets(StreamOptions options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            // A program may print nothing for hours, and proxies close idle connections.
            app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = options.KeepAliveInterval });
            next(app);
        };
}
