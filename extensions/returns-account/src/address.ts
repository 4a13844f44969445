/** Where the app is deployed: APP_URL. An extension knows no environment, so its address is written here. */
export const HOUSE = 'https://app.example.com';
