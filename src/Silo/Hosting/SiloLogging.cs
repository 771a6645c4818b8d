using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Distributed.Keops.Silo;

/// <summary>
/// How a silo logs: to standard error, for people or as JSON. Standard output has one line, which says that the silo is ready.
/// </summary>
static class SiloLogging
{
    public static void AddTo(ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        if (configuration.GetValue<bool>("Keops:JsonLogs"))
            logging.AddJsonConsole(o => (o.UseUtcTimestamp, o.TimestampFormat) = (true, Iso));
        else
            logging.AddSimpleConsole(o => (o.SingleLine, o.UseUtcTimestamp, o.TimestampFormat) = (true, true, Iso + " "));
    }

    static readonly string Iso = CultureInfo.InvariantCulture.DateTimeFormat.SortableDateTimePattern + "'Z'";
}
